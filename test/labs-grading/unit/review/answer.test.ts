import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { answerIn, askedAbove, linesAgainst } from '../../../../labs-grading/review/answer.ts';
import { reviewClass } from '../../fixtures/review-class.ts';

const half = 'function half(x: number): number {\n  return x / 2;\n}';
const cls = await reviewClass([{ id: 'ada', why: 'Noise.', half, outputs: [{ output_type: 'stream', text: 'hi' }] }]);
afterAll(() => cls.end());
const folder = (await cls.book.submissions('words'))[0]?.folder ?? '';

const text = (lines: ReturnType<typeof linesAgainst>, without: string): string =>
  lines
    .filter(({ kind }) => kind !== without)
    .map(line => line.text)
    .join('\n');

describe('an answer against its stub', () => {
  it('is the answer without what was removed, and the stub without what was added', () => {
    const source = fc
      .array(fc.constantFrom('a', 'b', '  c', '', '}'), { minLength: 1, maxLength: 8 })
      .map(lines => lines.join('\n').trimEnd());
    fc.assert(
      fc.property(source, source, (stub, answer) => {
        const lines = linesAgainst(stub, answer);
        expect(text(lines, 'removed')).toBe(answer);
        expect(text(lines, 'added')).toBe(stub);
        if (stub === answer) expect(lines.every(({ kind }) => kind === 'same')).toBe(true);
      }),
    );
  });

  it('shows characters that would reorder it', () => {
    expect(linesAgainst('', 'a\u202eb')).toContainEqual({ kind: 'added', text: 'a\ufffdb' });
  });

  it('is found in the notebook with its outputs, and with what was asked', () => {
    expect(answerIn(folder, cls.lab, 'half')).toMatchObject({ kind: 'code', outputs: [{ text: 'hi' }] });
    expect(answerIn(folder, cls.lab, 'why').lines).toEqual([
      { kind: 'removed', text: 'YOUR ANSWER HERE' },
      { kind: 'added', text: 'Noise.' },
    ]);
    expect(askedAbove(cls.lab, 'why')).toContain('why half of the bits');
    expect(askedAbove(cls.lab, 'why')).not.toContain('half of `x`');
  });

  it('says why there is none', () => {
    expect(answerIn('/nowhere', cls.lab, 'why').missing).toBeTruthy();
    expect(answerIn(folder, cls.lab, 'other').missing).toContain('no answer cell');
  });
});
