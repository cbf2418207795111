import { expect, test } from 'vitest';
import { type PruneChannelsOptions, pruneChannels, sortChannels } from '../../../../lib/compress/prune/channels/prune-channels.ts';
import { network } from '../../../../lib/model/build.ts';
import { predict } from '../../../../lib/model/forward.ts';
import { type Model, type Parameter, withParameters } from '../../../../lib/model/model.ts';
import { affine } from '../../../../lib/model/quantization/affine.ts';
import { codebook } from '../../../../lib/model/quantization/codebook.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { decodeModel, encodeModel } from '../../../../lib/model/serialize.ts';
import { array, filled, type NDArray } from '../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
import { sizeOf } from '../../../../lib/tensor/shape.ts';
import { gridShape, perAxis, perGroup, perTensor } from '../../../../lib/tensor/tiles.ts';
import { digest, unchanged } from '../../unchanged.ts';

const model = network('net', [4, 4, 1], { seed: 1 }).conv2d(4, 1).relu().conv2d(3, 1, { bias: false }).flatten().dense(2).model();

test('the most important channels stay in their order; of equal ones the first', () => {
  const importance = { 'conv2d-1': [1, 5, 2, 5], 'conv2d-2': [3, 3, 3] };
  const biased = withParameters(model, { 'conv2d-1.bias': { value: array([4], [10, 11, 12, 13]) } });
  const bias = (m: Model): number[] => [...(m.parameters['conv2d-1.bias'] as Parameter).value.data];
  expect(bias(pruneChannels(biased, { ratio: 0.5, importance }))).toEqual([11, 13]);
  expect(bias(pruneChannels(biased, { ratio: 0.75, importance }))).toEqual([11]);
  expect(bias(sortChannels(biased, importance))).toEqual([11, 13, 12, 10]);
  expect(bias(pruneChannels(biased, { keep: { 'conv2d-1': [3, 0] } }))).toEqual([13, 10]);
  expect(bias(pruneChannels(biased, { ratio: { 'conv2d-1': 0.25 }, importance }))).toEqual([11, 12, 13]);
  expect(digest(sortChannels(biased, () => [0, 0, 0, 0], { groups: ['conv2d-1'] }))).toBe(digest(biased));
});

test('arrays that no cut touches are the very same', () => {
  const small = pruneChannels(model, { ratio: { 'conv2d-2': 0.3 } });
  expect(small.parameters['conv2d-1.kernel']).toBe(model.parameters['conv2d-1.kernel']);
  expect(small.parameters['conv2d-2.kernel']).not.toBe(model.parameters['conv2d-2.kernel']);
});

test('masks are cut along', () => {
  const kernel = (model.parameters['conv2d-2.kernel'] as Parameter).value;
  const mask = array(kernel.shape, [0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1], 'uint8');
  const masked = withParameters(model, { 'conv2d-2.kernel': { mask } });
  const { value, mask: cut } = pruneChannels(masked, { keep: { 'conv2d-1': [1, 3], 'conv2d-2': [0, 2] } }).parameters[
    'conv2d-2.kernel'
  ] as Parameter;
  expect(cut).toEqual(array([1, 1, 2, 2], [1, 1, 0, 1], 'uint8'));
  expect(value.data).toEqual(Float32Array.from([3, 5, 9, 11], i => kernel.data[i] as number));
});

/** A parameter [1, 1, 4, 3] in integers, with tables for one axis. */
function quantized(axis: number | undefined, about: { dtype: 'int8' | 'int4'; codebook?: boolean; group?: number }): Parameter {
  const { dtype, codebook: book, group } = about;
  const values = [1, -2, 3, 4, 5, -6, 7, 0, -1, 2, -3, 6];
  const packed = Uint8Array.from({ length: 6 }, (_, i) => ((values[2 * i] as number) & 15) | (((values[2 * i + 1] as number) & 15) << 4));
  const shape = [1, 1, 4, 3];
  const tile = axis === undefined ? perTensor(shape) : group ? perGroup(shape, axis, group) : perAxis(shape, axis);
  const grid = gridShape(shape, tile);
  return {
    trainable: true,
    value: dtype === 'int4' ? array([1, 1, 4, 3], packed, 'int4') : array([1, 1, 4, 3], values, 'int8'),
    quantization: book
      ? codebook({ shape, bits: 4, tile, entries: normal(random(5), [...grid, 16]) })
      : affine({ shape, bits: 4, tile, scale: Array.from({ length: sizeOf(grid) }, (_, i) => i + 1), zeroPoint: filled(grid, 1, 'int32') }),
  };
}

test.each([
  [undefined, { dtype: 'int8' }],
  [2, { dtype: 'int8' }],
  [3, { dtype: 'int8' }],
  [3, { dtype: 'int4' }],
  [2, { dtype: 'int4', codebook: true }],
] as const)('scales and code books are cut along: axis %s, %j', (axis, about) => {
  const parameter = quantized(axis, about);
  const dense = withParameters(model, { 'conv2d-2.kernel': parameter });
  const small = pruneChannels(dense, { keep: { 'conv2d-1': [0, 3], 'conv2d-2': [2, 1] } }).parameters['conv2d-2.kernel'] as Parameter;
  const real = realValue(parameter).data;
  expect(realValue(small)).toEqual(
    array(
      [1, 1, 2, 2],
      Float32Array.from([2, 1, 11, 10], i => real[i] as number),
    ),
  );
  expect(small.value.dtype).toBe(about.dtype);
});

test('scales that neighbours share: other axes may be cut, their own may not', () => {
  const grouped = withParameters(model, { 'conv2d-2.kernel': quantized(2, { dtype: 'int8', group: 2 }) });
  const small = pruneChannels(grouped, { keep: { 'conv2d-2': [2, 0] } }).parameters['conv2d-2.kernel'] as Parameter;
  const real = realValue(grouped.parameters['conv2d-2.kernel'] as Parameter).data;
  expect(realValue(small).data).toEqual(Float32Array.from([2, 0, 5, 3, 8, 6, 11, 9], i => real[i] as number));
  expect(() => pruneChannels(grouped, { ratio: 0.5 })).toThrowError(expect.objectContaining({ code: 'prune/quantization' }));
});

test('a pruned network is saved and loaded', () => {
  const small = pruneChannels(model, { ratio: 0.5 });
  const x: NDArray = normal(random(1), [2, 4, 4, 1]);
  expect(predict(decodeModel(encodeModel(small)), x)).toEqual(predict(small, x));
});

test.each<[string, PruneChannelsOptions, RegExp]>([
  ['prune/options', {}, /either a ratio or the channels/],
  ['prune/options', { ratio: 0.5, keep: {} }, /either a ratio or the channels/],
  ['prune/ratio', { ratio: 1 }, /Group conv2d-1.*got 1/],
  ['prune/ratio', { ratio: Number.NaN }, /got NaN/],
  ['prune/no-channels', { ratio: 0.9 }, /Group conv2d-1.*none of 4/],
  ['prune/no-channels', { keep: { 'conv2d-1': [] } }, /lose all of its 4 channels/],
  ['prune/keep', { keep: { 'conv2d-1': [0, 4] } }, /0 to 3; 4/],
  ['prune/keep', { keep: { 'conv2d-1': [1, 1] } }, /twice/],
  ['prune/group', { ratio: 0.5, groups: ['conv'] }, /no group of channels conv/],
  ['prune/fixed', { ratio: { 'dense-1': 0.5 } }, /dense-1 must all stay: they are the output of the model/],
  ['prune/fixed', { keep: { input: [0] } }, /input must all stay: they are the input of the model/],
  ['prune/scores', { ratio: 0.5, importance: {} }, /no scores/],
  ['prune/scores', { ratio: 0.5, importance: () => [1, Number.NaN, 2, 3] }, /channel 1 of group conv2d-1 is NaN/],
])('%s: %j', (code, options, message) => {
  const thrown = expect.objectContaining({ code, message: expect.stringMatching(message) });
  expect(() => unchanged(model, () => pruneChannels(model, options))).toThrowError(thrown);
});
