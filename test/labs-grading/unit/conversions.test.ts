import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversions, conversionKey } from '../../../labs-grading/run/conversions.ts';
import type { Conversion } from '../../../labs-grading/run/protocol.ts';

const conversion = (output: string): Conversion => ({ diagnostics: [], output, map: [], awaits: false, modules: [], hints: [] });
const made = (text: string) => () => Promise.resolve(conversion(text));
const never = (): Promise<Conversion> => Promise.reject(new Error('made twice'));

describe('shared conversions', () => {
  it('are made once, also when two workers ask at the same time', async () => {
    const memo = new Conversions(1e6);
    const later = Promise.withResolvers<Conversion>();
    const first = memo.get('a', () => later.promise);
    const second = memo.get('a', never);
    later.resolve(conversion('x'));
    expect(await second).toBe(await first);
    expect(await memo.get('a', never)).toBe(await first);
  });

  it('forget a failure', async () => {
    const memo = new Conversions(1e6);
    await expect(memo.get('a', never)).rejects.toThrow('made twice');
    expect((await memo.get('a', made('x'))).output).toBe('x');
  });

  it('stay below their limit and keep what was used last', async () => {
    const memo = new Conversions(3_000);
    for (const key of ['a', 'b', 'a', 'c', 'd', 'a', 'e', 'f']) await memo.get(key, made(key.repeat(400)));
    expect(memo.size).toBeLessThanOrEqual(3_000);
    expect((await memo.get('a', never)).output).toBe('a'.repeat(400));
    expect((await memo.get('b', made('again'))).output).toBe('again');
  });

  it('have a name of their own for each pair of declarations and source', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '1'), maxLength: 4 });
    const pair = fc.tuple(text, text);
    fc.assert(
      fc.property(pair, pair, (one, other) => {
        expect(conversionKey(...one) === conversionKey(...other)).toBe(one[0] === other[0] && one[1] === other[1]);
      }),
    );
  });
});
