import { expect, test } from 'vitest';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { axis, channel } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeWeights } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { network } from '../../../../../lib/model/build.ts';
import type { Affine } from '../../../../../lib/model/quantization/quantization.ts';
import { isArray } from '../../../../../lib/tensor/array.ts';

const model = network('net', [6, 6, 3])
  .depthwiseConv2d(3, { id: 'one' })
  .depthwiseConv2d(3, { id: 'two', multiplier: 2 })
  .conv2d(5, 3, { id: 'conv' })
  .conv2dTranspose(4, 3, { id: 'up' })
  .globalAveragePool()
  .dense(7, { id: 'dense' })
  .model();

const scales = (granularity: ReturnType<typeof channel>): Record<string, number> => {
  const { parameters } = quantizeWeights(model, { format: affineFormat({ bits: 8, symmetric: true }), granularity });
  const counts = ['one', 'two', 'conv', 'up', 'dense'].map(id => {
    const quantization = parameters[`${id}.kernel`]?.quantization as Affine | undefined;
    return [id, isArray(quantization?.scale) ? quantization.scale.data.length : 0];
  });
  return Object.fromEntries(counts);
};

test('channel() gives a scale for each output channel of every layer', () => {
  expect(scales(channel())).toEqual({ one: 3, two: 6, conv: 5, up: 4, dense: 7 });
});

test('axis(-1) gives a depthwise kernel as many as its multiplier', () => {
  expect(scales(axis(-1))).toEqual({ one: 1, two: 2, conv: 5, up: 5, dense: 7 });
});

test('a value of no layer has its channels last', () => {
  expect(channel().tile([3, 4])).toEqual([3, 1]);
  expect(channel().tile([3, 3, 2, 4], [2, 3])).toEqual([3, 3, 1, 1]);
});
