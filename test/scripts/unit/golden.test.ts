import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCase } from '../../../scripts/golden/case.ts';
import { judge, judgeFolder } from '../../../scripts/golden/judge.ts';
import { kernelTrial } from '../../../scripts/golden/kinds/all.ts';
import { unpacked } from '../../../scripts/golden/layer.ts';

type Arrays = Readonly<Record<string, readonly [type: string, ...data: number[]]>>;

const text = (name: string, config: Readonly<Record<string, unknown>>, arrays: Arrays): string =>
  JSON.stringify({
    name,
    config,
    arrays: Object.fromEntries(Object.entries(arrays).map(([file, [type, ...data]]) => [file, { type, length: data.length, data }])),
  });
const verdict = (...args: Parameters<typeof text>) => judge(args[0], () => [kernelTrial(readCase(text(...args)))]);

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
const lost = { IN_DIM: '\\', PERM: '\\', OUT_DIM: '\\' };

/** x · w of one pixel, multiplier 1. */
const conv = {
  IN_CH: 2,
  OUT_CH: 1,
  INPUT_H: 1,
  INPUT_W: 1,
  FILTER_X: 1,
  FILTER_Y: 1,
  INPUT_OFFSET: 0,
  OUTPUT_OFFSET: 0,
  PADDING: 'VALID',
  DST_SIZE: 1,
};
const one = { output_multiplier: ['int32', 2 ** 30], output_shift: ['int32', 1] } as const;

describe('a kernel case', () => {
  it('is equal, or different with the first number that is', () => {
    const arrays = { input: ['int8', 3, 4], weights: ['int8', 5, 6], ...one } as const;
    expect(verdict('conv', conv, { ...arrays, output: ['int8', 39] })).toEqual({ name: 'conv', state: 'equal', detail: '1 numbers' });
    const { state, detail } = verdict('conv', conv, { ...arrays, output: ['int8', 40] });
    expect([state, detail]).toEqual([
      'different',
      '1 of 1 numbers; the first is 39 instead of 40, at 0 of output 0, by the reference interpreter',
    ]);
  });

  it('has the set of arrays whose output is as large as the header says', () => {
    const stray = { input_data: ['int8', 1, 1, 1, 1], output_ref_data: ['int8', 1, 1], weights_data: ['int8', 1, 1] } as const;
    const arrays = { input: ['int8', 3, 4], weights: ['int8', 5, 6], ...one, output: ['int8', 39], ...stray } as const;
    expect(verdict('conv', conv, arrays).state).toBe('equal');
  });

  it('has weights of four bits two a byte, and zero points that its type does not hold', () => {
    expect(unpacked([0x7f, 0x08], 3)).toEqual([-1, 7, -8]);
    const arrays = { input: ['int8', 3, 4], weights: ['int8', 0x65], ...one, output: ['int8', 127] } as const;
    // (3 - 129) · 5 + (4 - 129) · 6 is clamped at -128; (3 + 129) · 5 + … at 127
    expect(verdict('conv_int4', { ...conv, INPUT_OFFSET: 129 }, arrays).state).toBe('equal');
  });

  it('finds padding and sizes from SAME and VALID where the header has none', () => {
    const arrays = { input: ['int8', 1, 2, 3], weights: ['int8', 1, 1, 1], ...one } as const;
    const { DST_SIZE: _, ...rest } = conv;
    const wide = { ...rest, IN_CH: 1, INPUT_W: 3, FILTER_X: 3 };
    expect(verdict('conv', { ...wide, PADDING: 'SAME' }, { ...arrays, output: ['int8', 3, 6, 5] }).state).toBe('equal');
    expect(verdict('conv', { ...wide, PADDING: 'VALID' }, { ...arrays, output: ['int8', 6] }).state).toBe('equal');
  });

  it.each([
    ['a kind that nobody knows', 'svdf', { RANK: 1 }, {}, 'no kind'],
    [
      'a header without its sizes',
      'conv',
      { FILTER_X: 1, OUT_CH: 1 },
      { input: ['int8', 1], output: ['int8', 1], weights: ['int8', 1] },
      'IN_CH',
    ],
    [
      'numbers that the type has not',
      'conv',
      conv,
      { input: ['int8', 300, 0], weights: ['int8', 1, 1], ...one, output: ['int8', 0] },
      '300 is no int8',
    ],
    [
      'an output of another size',
      'conv',
      conv,
      { input: ['int8', 1, 1], weights: ['int8', 1, 1], ...one, output: ['int8', 0, 0] },
      'does not have',
    ],
  ] as const)('is refused: %s', (...[, name, config, arrays, says]) => {
    const { state, detail } = verdict(name, config, arrays as Arrays);
    expect([state, detail]).toEqual(['refused', expect.stringContaining(says)]);
  });
});

describe('a transposition whose dimensions are lost', () => {
  const trial = (name: string, input: number[], output: number[]) =>
    verdict(name, { ...lost, PERM_SIZE: name.length === 14 ? 4 : 2 }, { input_tensor: ['int8', ...input], output: ['int8', ...output] });

  it('has the one shape that takes its input to its output', () => {
    expect(trial('transpose_matrix', range(6), [0, 3, 1, 4, 2, 5]).state).toBe('equal');
    // [1, 2, 1, 3] as [1, 3, 2, 1]: the same whichever axis of length 1 stands where
    expect(trial('transpose_nchw', range(6), [0, 3, 1, 4, 2, 5]).state).toBe('equal');
  });

  it('is refused where no shape does, or shapes that move other data otherwise', () => {
    expect(trial('transpose_matrix', range(6), [5, 4, 3, 2, 1, 0]).detail).toContain('no shape');
    expect(trial('transpose_matrix', [1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]).detail).toContain('both');
  });
});

describe('a folder', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tinylab-golden-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is counted by state, damaged files among the refused', () => {
    const arrays = { input: ['int8', 3, 4], weights: ['int8', 5, 6], ...one } as const;
    writeFileSync(join(folder, 'a.json'), text('conv', conv, { ...arrays, output: ['int8', 39] }));
    writeFileSync(join(folder, 'b.json'), text('conv', conv, { ...arrays, output: ['int8', 38] }));
    writeFileSync(join(folder, 'c.json'), '{');
    writeFileSync(join(folder, 'd.txt'), 'no case');
    writeFileSync(join(folder, 'e.json'), '{"cases":[]}');
    writeFileSync(join(folder, 'e.tflite'), 'no network');
    const { cases, ...counts } = judgeFolder(folder);
    expect(counts).toEqual({ equal: 1, different: 1, refused: 2 });
    expect(cases.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'equal'],
      ['b', 'different'],
      ['c', 'refused'],
      ['e', 'refused'],
    ]);
  });
});
