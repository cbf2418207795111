import { expect, test } from 'vitest';
import { predict } from '../../../lib/model/forward.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import type { Parameter } from '../../../lib/model/model.ts';
import { affine } from '../../../lib/model/quantization/affine.ts';
import { codebook } from '../../../lib/model/quantization/codebook.ts';
import type { Quantization } from '../../../lib/model/quantization/quantization.ts';
import { realValue } from '../../../lib/model/real-value.ts';
import { array, type NDArray } from '../../../lib/tensor/array.ts';
import { elementsOf } from '../../../lib/tensor/pack.ts';
import { perAxis, perGroup } from '../../../lib/tensor/tiles.ts';

const real = (value: NDArray, quantization?: Quantization, mask?: NDArray): number[] => {
  const parameter: Parameter = { value, trainable: true, ...(quantization ? { quantization } : {}), ...(mask ? { mask } : {}) };
  return [...realValue(parameter).data];
};

test('one scale: scale · (stored - zero point)', () => {
  expect(real(array([3], [1, -2, 5], 'int8'), affine({ shape: [3], bits: 8, scale: [0.5], zeroPoint: [1] }))).toEqual([0, -1.5, 2]);
});

test('a scale for each column', () => {
  const quantization = affine({ shape: [2, 2], bits: 8, tile: perAxis([2, 2], 1), scale: [1, 10], zeroPoint: [0, 1] });
  expect(real(array([2, 2], [1, 2, 3, 4], 'int8'), quantization)).toEqual([1, 10, 3, 30]);
});

test('a scale for each group of two rows, column by column', () => {
  const quantization = affine({ shape: [3, 2], bits: 8, tile: perGroup([3, 2], 0, 2), scale: [1, 10, 100, 1000], zeroPoint: [0, 0, 0, 0] });
  expect(real(array([3, 2], [1, 1, 2, 2, 3, 3], 'int8'), quantization)).toEqual([1, 10, 2, 20, 300, 3000]);
});

test('a code book, from int4: stored values are indices modulo its length', () => {
  const packed = array([3], Uint8Array.of(0xe1, 0x02), 'int4');
  expect([...elementsOf(packed)]).toEqual([1, -2, 2]);
  const quantization = codebook({ shape: [3], bits: 2, entries: [0.5, 1.5, 2.5, 3.5] });
  expect(real(packed, quantization)).toEqual([1.5, 2.5, 2.5]);
});

test('masked weights are exactly 0, also where the zero point would say otherwise', () => {
  const mask = array([3], [1, 0, 1], 'uint8');
  expect(real(array([3], [1, 2, 3], 'int8'), affine({ shape: [3], bits: 8, scale: [1], zeroPoint: [5] }), mask)).toEqual([-4, 0, -2]);
  expect(real(array([3], [1, 2, 3]), undefined, mask)).toEqual([1, 0, 3]);
});

test('a plain parameter is its own value, and the rest is computed once', () => {
  const value = array([1], [3]);
  expect(realValue({ value, trainable: true })).toBe(value);
  const parameter: Parameter = {
    value: array([1], [3], 'int8'),
    trainable: true,
    quantization: affine({ shape: [1], bits: 8, scale: [1], zeroPoint: [0] }),
  };
  expect(realValue(parameter)).toBe(realValue(parameter));
});

test('is computed anew when somebody wrote into one of the arrays that it comes from', () => {
  const [mask, scale, zeroPoint] = [array([3], [1, 1, 0], 'uint8'), array([1], [2]), array([1], [1], 'int32')];
  const masked: Parameter = { value: array([3], [3, 1, 2]), trainable: true, mask };
  const quantized: Parameter = {
    value: array([3], [3, 1, 2], 'int8'),
    trainable: true,
    quantization: { ...affine({ shape: [3], bits: 8, scale: [2] }), scale, zeroPoint },
  };
  const coded: Parameter = {
    value: array([2], [1, 0], 'int8'),
    trainable: true,
    quantization: codebook({ shape: [2], bits: 1, entries: [5, 6] }),
  };
  const all = (): number[][] => [masked, quantized, coded].map(one => [...realValue(one).data]);
  expect(all()).toEqual([
    [3, 1, 0],
    [4, 0, 2],
    [6, 5],
  ]);
  expect(realValue(masked)).toBe(realValue(masked));
  masked.value.data.sort();
  quantized.value.data.reverse();
  coded.value.data.fill(1);
  expect(all()).toEqual([
    [1, 2, 0],
    [2, 0, 4],
    [6, 6],
  ]);
  mask.data.set([0], 1);
  scale.data.fill(10);
  if (coded.quantization?.kind === 'codebook') coded.quantization.entries.data.subarray(1).fill(7);
  expect(all()).toEqual([
    [1, 0, 0],
    [10, 0, 20],
    [7, 7],
  ]);
  zeroPoint.data[0] = 0;
  expect(all()[1]).toEqual([20, 10, 30]);
});

test('a model answers with the weights that it has, right after somebody damaged them', () => {
  const net = mlp({ input: [2, 2, 1], hidden: [3], classes: 2, seed: 1 });
  const x = array([1, 2, 2, 1], [1, -2, 3, 0.5]);
  const before = [...predict(net, x).data];
  const kernel = net.parameters['dense-1.kernel']?.value as NDArray;
  const kept = kernel.data.slice();
  kernel.data.sort();
  const damaged = [...predict(net, x).data];
  expect(damaged).not.toEqual(before);
  const fresh = {
    ...net,
    parameters: { ...net.parameters, 'dense-1.kernel': { value: array(kernel.shape, kernel.data.slice()), trainable: true } },
  };
  expect(damaged).toEqual([...predict(fresh, x).data]);
  kernel.data.set(kept);
  expect([...predict(net, x).data]).toEqual(before);
});
