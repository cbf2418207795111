import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { weightSpace } from '../../../../lib/compress/prune/allocation/pruning-space.ts';
import { pruneChannels, sortChannels } from '../../../../lib/compress/prune/channels/prune-channels.ts';
import { applyMasks, masksOf } from '../../../../lib/compress/prune/masks.ts';
import { parameterBits } from '../../../../lib/measure/model-size.ts';
import { network } from '../../../../lib/model/build.ts';
import { assertCuttable, takeFromParameter, takePlaces } from '../../../../lib/model/channels/take.ts';
import { type Parameter, withParameters } from '../../../../lib/model/model.ts';
import { affine } from '../../../../lib/model/quantization/affine.ts';
import { codebook } from '../../../../lib/model/quantization/codebook.ts';
import { dequantize } from '../../../../lib/model/quantization/dequantize.ts';
import { quantizationBits, realShape } from '../../../../lib/model/quantization/quantization.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { array, filled, zeros } from '../../../../lib/tensor/array.ts';
import { integers, normal, random } from '../../../../lib/tensor/random.ts';
import { type Shape, sizeOf } from '../../../../lib/tensor/shape.ts';
import { perAxis, perGroup, perTensor } from '../../../../lib/tensor/tiles.ts';
import { arbitraryQuantized } from './arbitrary-quantization.ts';
import { dequantizedReference } from './reference.ts';

const shapes = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
  fc.constantFrom<number[]>([], [0], [3, 0, 2], [1], [12, 8]),
);
const seeds = fc.integer({ min: 0, max: 100_000 });

test('dequantize is the formula, for every kind, tile, width and shape', () => {
  fc.assert(
    fc.property(shapes, seeds, (shape, seed) => {
      const { value, quantization } = arbitraryQuantized(shape, random(seed));
      const real = dequantize(value, quantization);
      expect(real.shape).toEqual(shape);
      expect(realShape({ value, quantization })).toEqual(shape);
      expect(real.data).toEqual(dequantizedReference(value, quantization, shape));
    }),
    { numRuns: 600, seed: 5 },
  );
});

test.each<[string, (shape: Shape) => Shape]>([
  ['the tensor', perTensor],
  ['each output', shape => perAxis(shape, -1)],
  ['groups of inputs', shape => perGroup(shape, 0, 3)],
  ['single numbers', shape => shape.map(() => 1)],
])('tiles of %s, for every kind', (_, tile) => {
  for (let seed = 0; seed < 40; seed++) {
    const shape = [7, 5];
    const { value, quantization } = arbitraryQuantized(shape, random(seed), tile(shape));
    expect(dequantize(value, quantization).data).toEqual(dequantizedReference(value, quantization, shape));
  }
});

test('cutting and sorting axes: dequantize, then take, is take, then dequantize', () => {
  let [cut, refused] = [0, 0];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }), seeds, (shape, seed) => {
      const rng = random(seed);
      const parameter: Parameter = { ...arbitraryQuantized(shape, rng), trainable: true };
      const places = new Map<number, Int32Array>();
      for (const [axis, length] of shape.entries()) {
        try {
          assertCuttable('x', parameter, axis);
        } catch {
          refused++;
          continue;
        }
        const order = rng.permutation(length);
        if (rng.pick([true, false])) places.set(axis, Int32Array.from(order.subarray(0, rng.int(1, length))));
      }
      cut += places.size;
      const small = takeFromParameter(parameter, places);
      expect(realValue(small)).toEqual(takePlaces(realValue(parameter), places));
    }),
    { numRuns: 400, seed: 6 },
  );
  expect(cut).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(100);
});

describe('what is torn apart by cutting is refused', () => {
  const cuttable = (quantization: Parameter['quantization'], axis: number): (() => void) => {
    const value = quantization?.kind === 'codebook' && quantization.vector ? zeros([8, 2], 'uint8') : zeros([8, 4], 'int8');
    return () => assertCuttable('w', { value, trainable: true, quantization }, axis);
  };
  const torn = expect.objectContaining({ code: 'prune/quantization' });
  const shape = [8, 4];

  it('groups, vectors, and groups of the scales of a second level', () => {
    const grouped = affine({ shape, bits: 8, tile: perGroup(shape, 0, 2), scale: filled([4, 4], 1) });
    expect(cuttable(grouped, 0)).toThrow(torn);
    expect(cuttable(grouped, 1)).not.toThrow();
    const vectors = codebook({ shape, bits: 1, entries: filled([2, 2], 1), vector: { axis: 1, length: 2 } });
    expect(cuttable(vectors, 1)).toThrow(torn);
    expect(cuttable(vectors, 0)).not.toThrow();
    const blocks = codebook({ shape, bits: 1, entries: filled([2, 2], 1), vector: { block: [1, 2] } });
    expect(cuttable(blocks, 1)).toThrow(torn);
    expect(cuttable(blocks, 0)).not.toThrow();
    const second = { value: filled([1, 4], 3, 'uint8'), quantization: affine({ shape: [1, 4], bits: 8, tile: [1, 2], scale: [1, 2] }) };
    const double = affine({ shape, bits: 8, tile: perAxis(shape, 1), scale: second });
    expect(cuttable(double, 1)).toThrow(torn);
    expect(cuttable(double, 0)).not.toThrow();
  });

  it('not so a group that is the whole axis, or one index', () => {
    expect(cuttable(affine({ shape, bits: 8, tile: perGroup(shape, 0, 8), scale: filled([1, 4], 1) }), 0)).not.toThrow();
    expect(cuttable(affine({ shape, bits: 8, tile: [1, 1], scale: filled(shape, 1) }), 0)).not.toThrow();
  });
});

test('vectors in a network: its layers are cut, sorted, masked and computed with as if they were single numbers', () => {
  const model = network('net', [4, 4, 3], { seed: 1 }).conv2d(4, 3).relu().conv2d(6, 1, { bias: false }).flatten().dense(2).model();
  const quantization = codebook({ shape: [3, 3, 3, 4], bits: 4, entries: normal(random(1), [16, 3]), vector: { axis: 2, length: 3 } });
  const value = integers(random(2), [3, 3, 1, 4], { low: 0, high: 15 });
  const stored = array(value.shape, Uint8Array.from(value.data), 'uint8');
  const mask = array(
    [3, 3, 3, 4],
    Uint8Array.from({ length: 108 }, (_, i) => i % 3 && 1),
    'uint8',
  );
  const quantized = withParameters(model, { 'conv2d-1.kernel': { value: stored, quantization, mask } });
  const plain = withParameters(model, {
    'conv2d-1.kernel': { value: realValue(quantized.parameters['conv2d-1.kernel'] as Parameter), mask },
  });
  for (const change of [
    (m: typeof model) => pruneChannels(m, { keep: { 'conv2d-1': [3, 1] } }),
    (m: typeof model) => sortChannels(m, { 'conv2d-1': [1, 4, 2, 3] }, { groups: ['conv2d-1'] }),
  ]) {
    const [a, b] = [quantized, plain].map(m => change(m).parameters['conv2d-1.kernel'] as Parameter) as [Parameter, Parameter];
    expect(realValue(a)).toEqual(realValue(b));
    expect(a.mask).toEqual(b.mask);
  }
  expect(masksOf(applyMasks(quantized, { 'conv2d-1.kernel': mask }))).toEqual(masksOf(quantized));
  expect(weightSpace({ parameters: ['conv2d-1.kernel'] })(quantized).units).toEqual({ 'conv2d-1.kernel': 72 });
});

describe('sizes are those of what is stored', () => {
  const shape = [3, 3, 16, 32];
  const n = sizeOf(shape);

  it('affine, symmetric or not', () => {
    const common = { shape, bits: 4, tile: perAxis(shape, 3), scale: filled([1, 1, 1, 32], 1) };
    expect(quantizationBits(zeros(shape, 'int4'), affine(common))).toBe(n * 4 + 32 * 32);
    expect(quantizationBits(zeros(shape, 'int8'), affine({ ...common, zeroPoint: zeros([1, 1, 1, 32], 'int32') }))).toBe(
      n * 4 + 2 * 32 * 32,
    );
  });

  it('±1 in one bit with a scale for each output channel', () => {
    const quantization = codebook({ shape, bits: 1, tile: perAxis(shape, -1), entries: [-1, 1], scale: filled([1, 1, 1, 32], 0.5) });
    const value = zeros(shape, 'uint8');
    expect(new Set(dequantize(value, quantization).data)).toEqual(new Set([-0.5]));
    expect(parameterBits({ value, trainable: true, quantization })).toBe(n + 32 * 32 + 2 * 32);
  });

  it('scales in 8 bits with a float32 scale for 256 of them (QLoRA), and in 4 bits for each output (VS-Quant)', () => {
    const weight = [4096, 64];
    const grid = [64, 64];
    const coarse = affine({ shape: grid, bits: 8, tile: [4, 64], scale: filled([16, 1], 0.01), zeroPoint: filled([16, 1], -20, 'int32') });
    const nf4 = codebook({
      shape: weight,
      bits: 4,
      tile: [64, 1],
      entries: zeros([16]),
      scale: { value: zeros(grid, 'int8'), quantization: coarse },
    });
    expect(quantizationBits(zeros(weight, 'int4'), nf4)).toBe(4096 * 64 * 4 + 4096 * 8 + 16 * 32 * 2 + 16 * 32);
    const fine = affine({ shape: [256, 64], bits: 4, tile: perAxis([256, 64], 1), scale: filled([1, 64], 0.1) });
    const vs = affine({ shape: weight, bits: 4, tile: [16, 1], scale: { value: zeros([256, 64], 'uint8'), quantization: fine } });
    expect(quantizationBits(zeros(weight, 'int8'), vs)).toBe(4096 * 64 * 4 + 256 * 64 * 4 + 64 * 32);
  });

  it('vectors: an index for each', () => {
    const quantization = codebook({ shape: [64, 32], bits: 8, entries: zeros([256, 4]), vector: { axis: 0, length: 4 } });
    expect(quantizationBits(zeros([16, 32], 'uint8'), quantization)).toBe(16 * 32 * 8 + 256 * 4 * 32);
    const windows = codebook({ shape: [3, 3, 64, 32], bits: 8, entries: zeros([200, 18]), vector: { block: [3, 3, 2, 1] } });
    expect(quantizationBits(zeros([1, 1, 32, 32], 'uint8'), windows)).toBe(32 * 32 * 8 + 200 * 18 * 32);
  });
});

describe('what cannot be is refused by name', () => {
  const shape = [4, 6];
  const one = { shape, bits: 8, scale: [1] };
  const second = (rest: object): never =>
    ({ value: zeros([1, 1], 'uint8'), quantization: affine({ shape: [1, 1], bits: 8, scale: [1] }), ...rest }) as never;
  it.each<[string, () => unknown, string]>([
    ['no bits', () => affine({ ...one, bits: 0 }), 'model/quantization'],
    ['17 bits', () => affine({ ...one, bits: 17 }), 'model/quantization'],
    ['half a bit', () => codebook({ shape, bits: 1.5, entries: [1, 2] }), 'model/quantization'],
    ['a scale of NaN', () => affine({ ...one, scale: [Number.NaN] }), 'model/quantization'],
    ['an infinite scale', () => affine({ ...one, scale: [Number.POSITIVE_INFINITY] }), 'model/quantization'],
    ['a scale that float32 does not hold', () => affine({ ...one, scale: [1e39] }), 'model/quantization'],
    ['two scales for a tile', () => affine({ ...one, scale: [1, 2] }), 'array/size'],
    ['a scale of another shape', () => affine({ ...one, scale: zeros([6, 1]) }), 'model/quantization'],
    ['a scale that is no float32', () => affine({ ...one, scale: zeros([1, 1], 'int8') }), 'model/quantization'],
    ['no scale', () => affine({ shape, bits: 8 } as never), 'model/quantization'],
    ['a fractional zero point', () => affine({ ...one, zeroPoint: [0.5] }), 'model/quantization'],
    ['a zero point in int8', () => affine({ ...one, zeroPoint: zeros([1, 1], 'int8') }), 'model/quantization'],
    ['a tile of another rank', () => affine({ ...one, tile: [4] }), 'shape/tile'],
    ['a tile longer than the axis', () => codebook({ shape, bits: 1, tile: [5, 6], entries: [1] }), 'shape/tile'],
    ['more entries than indices', () => codebook({ shape, bits: 1, entries: [1, 2, 3] }), 'model/quantization'],
    ['no entries', () => codebook({ shape, bits: 1, entries: [] }), 'model/quantization'],
    ['an entry of NaN', () => codebook({ shape, bits: 1, entries: [1, Number.NaN] }), 'model/quantization'],
    ['entries for another grid', () => codebook({ shape, bits: 1, tile: [4, 1], entries: zeros([1, 5, 2]) }), 'model/quantization'],
    [
      'vectors along no axis',
      () => codebook({ shape, bits: 1, entries: zeros([2, 2]), vector: { axis: 2, length: 2 } }),
      'model/quantization',
    ],
    [
      'vectors that do not divide',
      () => codebook({ shape, bits: 1, entries: zeros([2, 4]), vector: { axis: 1, length: 4 } }),
      'model/quantization',
    ],
    [
      'vectors across tiles',
      () => codebook({ shape, bits: 1, tile: [4, 3], entries: zeros([2, 2]), vector: { axis: 1, length: 2 } }),
      'model/quantization',
    ],
    [
      'blocks that do not divide',
      () => codebook({ shape, bits: 1, entries: zeros([2, 8]), vector: { block: [2, 4] } }),
      'model/quantization',
    ],
    ['blocks of another rank', () => codebook({ shape, bits: 1, entries: zeros([2, 2]), vector: { block: [2] } }), 'model/quantization'],
    ['blocks of nothing', () => codebook({ shape, bits: 1, entries: zeros([2, 0]), vector: { block: [0, 1] } }), 'model/quantization'],
    [
      'blocks across tiles',
      () => codebook({ shape, bits: 1, tile: [4, 3], entries: zeros([2, 4]), vector: { block: [2, 2] } }),
      'model/quantization',
    ],
    [
      'entries of another length',
      () => codebook({ shape, bits: 1, entries: zeros([2, 3]), vector: { axis: 1, length: 2 } }),
      'model/quantization',
    ],
    ['scales of another grid', () => affine({ ...one, scale: second({ value: zeros([2], 'uint8') }) }), 'model/quantization'],
    [
      'scales wider than their bits',
      () => affine({ ...one, scale: second({ value: filled([1, 1], 300, 'int32') }) }),
      'model/quantization',
    ],
    ['scales stored as real numbers', () => affine({ ...one, scale: second({ value: zeros([1, 1]) }) }), 'model/quantization'],
    [
      'three levels of scales',
      () => affine({ ...one, scale: second({ quantization: affine({ shape: [1, 1], bits: 8, scale: second({}) }) }) }),
      'model/quantization',
    ],
    [
      'an index that is no entry',
      () => dequantize(filled(shape, 3, 'uint8'), codebook({ shape, bits: 2, entries: [1, 2, 3] })),
      'model/quantization',
    ],
    ['a value of another shape', () => dequantize(zeros([6, 4], 'int8'), affine(one)), 'shape/tile'],
  ])('%s', (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
