import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProgram } from '../../../../lib/deploy/check-program.ts';
import type { Program, ProgramTensor } from '../../../../lib/deploy/program.ts';
import type { LabError } from '../../../../lib/tensor/errors.ts';
import { opNames, randomProgram } from '../arbitrary-program.ts';
import { survives } from './hostile-steps.ts';

describe('a hostile step is refused by name, or stays inside its arrays', () => {
  for (const op of opNames)
    it(op, () => {
      const ends = new Set<string>();
      fc.assert(
        fc.property(fc.nat(), fc.nat(), (seed, change) => {
          ends.add(survives(op, { seed, change }));
        }),
        { numRuns: 400 },
      );
      expect([...ends].sort()).toEqual(['ran', 'refused']);
    });
});

describe('a program is refused', () => {
  const good = randomProgram(1, ['conv2d', 'requantize']);
  const codes = (program: Program, limits = {}): string => {
    try {
      assertProgram(program, limits);
    } catch (error) {
      return `${(error as LabError).code}: ${(error as LabError).message}`;
    }
    return 'accepted';
  };

  it('never when it is sound', () => {
    expect(codes(good)).toBe('accepted');
  });

  it.each([
    ['no inputs', { inputs: [] }, 'inputs are none'],
    ['an input twice', { inputs: [0, 0] }, 'one of them twice'],
    ['an input that is a constant', { inputs: [1] }, 'no tensor without elements'],
    ['no outputs', { outputs: [] }, 'output is written by no step'],
    ['an output that nothing writes', { outputs: [0.5] }, 'output is written by no step'],
  ])('%s', (_, change, says) => {
    expect(codes({ ...good, ...change })).toContain(says);
  });

  it.each([
    ['four bits that are more', { shape: [1], type: 'int4', data: Int8Array.of(8) }, 'int4 has not'],
    ['a bool that is 2', { shape: [1], type: 'bool', data: Uint8Array.of(2) }, 'bool has not'],
    ['elements in another array', { shape: [1], type: 'int8', data: Uint8Array.of(1) }, 'Uint8Array'],
    ['too few elements', { shape: [2], type: 'int8', data: Int8Array.of(1) }, 'holds 1 elements'],
    ['nine axes', { shape: Array(9).fill(1), type: 'int8' }, 'shape'],
    ['2^31 elements and more', { shape: [2 ** 16, 2 ** 16], type: 'int8' }, 'shape'],
    ['a scale of 0', { shape: [1], type: 'int8', quantization: { scale: [0], zeroPoint: [0] } }, 'positive scales'],
    ['scales that are too few', { shape: [2], type: 'int8', quantization: { scale: [1], zeroPoint: [0], axis: 0 } }, 'needs 2'],
    ['an axis that is none', { shape: [2], type: 'int8', quantization: { scale: [1], zeroPoint: [0], axis: 1 } }, 'needs'],
  ] as const)('a tensor with %s', (_, tensor, says) => {
    const tensors = [...good.tensors, { name: 'odd', ...tensor } as ProgramTensor];
    expect(codes({ ...good, tensors })).toContain(says);
  });

  it('whose windows reach far beyond their image, which an interpreter would have to lay out', () => {
    const tensors: ProgramTensor[] = [
      { name: 'x', shape: [1, 1, 1, 1], type: 'int8' },
      { name: 'w', shape: [1, 2, 2, 1], type: 'int8', data: new Int8Array(4) },
      { name: 'y', shape: [1, 2, 2, 1], type: 'int8' },
    ];
    const layer = { inputZeroPoint: 0, weightZeroPoint: [0], multiplier: [2 ** 30], shift: [0], outputZeroPoint: 0, low: 0, high: 0 };
    const far = (attributes: object, op = 'conv2d'): string =>
      codes({
        name: 'far',
        tensors,
        steps: [
          {
            op,
            inputs: [0, 1, -1],
            outputs: [2],
            attributes: { ...layer, strides: [1, 1], dilations: [1, 1], padding: [0, 0], ...attributes },
          },
        ],
        inputs: [0],
        outputs: [2],
      });
    expect(far({ padding: [1, 1] })).toBe('accepted');
    for (const op of ['conv2d', 'depthwise-conv2d']) expect(far({ strides: [2 ** 20, 2 ** 20] }, op)).toContain('far beyond');
    for (const op of ['conv2d', 'depthwise-conv2d', 'conv2d-transpose'])
      expect(far({ dilations: [2 ** 20, 2 ** 20] }, op)).toContain('far beyond');
  });

  it('whose sums are longer than double precision is exact for', () => {
    const long = (type: 'int8' | 'int16', depth: number): string =>
      codes({
        name: 'long',
        tensors: [
          { name: 'x', shape: [1, depth], type },
          { name: 'w', shape: [1, depth], type },
          { name: 'y', shape: [1, 1], type },
        ],
        steps: [
          {
            op: 'dense',
            inputs: [0, 1],
            outputs: [2],
            attributes: { inputZeroPoint: 0, weightZeroPoint: [0], multiplier: [2 ** 30], shift: [0], outputZeroPoint: 0, low: 0, high: 0 },
          },
        ],
        inputs: [0, 1],
        outputs: [2],
      });
    expect(long('int8', 2 ** 24)).toBe('accepted');
    expect(long('int16', 2 ** 20)).toBe('accepted');
    expect(long('int16', 2 ** 21)).toContain('not exact');
  });

  it('that costs too much, before anything of it is run', () => {
    expect(codes(good, { maximumBytes: 1 })).toContain('deploy/limit');
    expect(codes(good, { maximumMacs: 1 })).toContain('deploy/limit');
    // windows that cover everything, everywhere, have no multiply-accumulates
    const side = 2 ** 13;
    const image = { shape: [1, side, side, 1], type: 'int8' } as const;
    const attributes = { window: [side, side], strides: [1, 1], padding: [side - 1, side - 1], low: -128, high: 127 };
    const pool: Program = {
      name: 'pool',
      tensors: [
        { name: 'x', ...image },
        { name: 'y', ...image },
      ],
      steps: [{ op: 'max-pool', inputs: [0], outputs: [1], attributes }],
      inputs: [0],
      outputs: [1],
    };
    expect(codes(pool)).toContain('deploy/limit');
  });
});
