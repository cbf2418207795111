import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { int8Rungs } from '../../../lib/tensor/native-int8.ts';

/** What each level allows, by the rung of `int8Conv` that is best there where the machine has it. */
const levels = { plain: 'blocked', avx2: 'avx2', avx512: 'avx2', vnni: 'avx512-vnni-lines', amx: 'avx512-vnni-lines' } as const;
const here = (int8Rungs().int8Conv ?? []).filter(({ available }) => available).map(({ name }) => name);

const run = (level: string, ...args: string[]): string =>
  execFileSync(process.execPath, args, {
    env: { ...process.env, TINYLAB_ISA: level },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

// A level beyond the machine takes what there is: only those that change something are run; nor any where the tests themselves have a level.
describe.runIf(here.length > 0 && process.env.TINYLAB_ISA === undefined)('TINYLAB_ISA', () => {
  it.each(Object.entries(levels).filter(([, rung]) => here.includes(rung)))(
    '%s: the best rung of int8Conv is %s, and every kernel gives the bytes of the reference',
    (level, rung) => {
      const { best, different } = JSON.parse(run(level, join(import.meta.dirname, 'isa-run.ts')));
      expect(best.int8Conv).toBe(rung);
      expect(Object.keys(best)).toEqual(Object.keys(int8Rungs()));
      if (level === 'plain')
        expect(best).toMatchObject({ int8Depthwise: 'reference', int8Add: 'reference', int8Pool: 'reference', int8Quantize: 'reference' });
      expect(different).toBe(0);
    },
  );

  it('any other value is refused by name', () => {
    const door = join(import.meta.dirname, '../../../lib/tensor/native.ts');
    const script = `import(${JSON.stringify(door)}).then(() => console.log('loaded'), error => console.log(error.code, error.message))`;
    expect(run('sse9', '-e', script)).toMatch(/^native\/isa .*"sse9".*plain, avx2, avx512, vnni, amx/);
    expect(run('', '-e', script)).toBe('loaded\n');
  });
});
