import { describe, expect, it } from 'vitest';
import { magnitudeMask } from '../../../../../lib/compress/prune/magnitude.ts';
import { binarize, binarizeAtRandom, binaryQuantize } from '../../../../../lib/compress/quantize/binary/binary.ts';
import { binaryTraining } from '../../../../../lib/compress/quantize/binary/binary-training.ts';
import { ternarize, ternaryQuantize } from '../../../../../lib/compress/quantize/binary/ternary.ts';
import { axis, tensor } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import type { QuantizedValue } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { parameterBits } from '../../../../../lib/measure/model-size.ts';
import { network } from '../../../../../lib/model/build.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { scope } from '../../../../../lib/tensor/scope.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';
import { w4 } from '../w4.ts';

const real = (stored: QuantizedValue): NDArray => realValue({ ...stored, trainable: true });
const squared = (stored: QuantizedValue, { data }: NDArray): number =>
  real(stored).data.reduce((sum, x, i) => sum + (x - (data[i] as number)) ** 2, 0);
const scales = ({ quantization }: QuantizedValue): number[] => [...((quantization.scale as NDArray).data as Float32Array)];

describe('binary weights', () => {
  it('has the errors of the example, with and without a scale', () => {
    expect(squared(binarize({ value: w4 }, { scale: 'none' }), w4)).toBeCloseTo(9.2832, 5);
    const scaled = binarize({ value: w4 }, { granularity: tensor() });
    expect(scales(scaled)[0]).toBeCloseTo(1.04875, 6);
    expect(squared(scaled, w4)).toBeCloseTo(9.245175, 5);
    expect(parameterBits({ ...binarize({ value: w4 }, { scale: 'none' }), trainable: true })).toBe(16 + 2 * 32);
  });

  it('takes 0 and -0 for +1', () => {
    expect([...real(binarize({ value: array([4], [0, -0, -1e-30, 1e-30]) }, { scale: 'none' })).data]).toEqual([1, 1, -1, 1]);
  });

  it('has the best scale of each filter: any other is worse', () => {
    const value = normal(random(1), [3, 3, 5, 7], {});
    const stored = binarize({ value });
    const best = squared(stored, value);
    const { scale } = stored.quantization;
    for (const factor of [0.9, 0.99, 1.01, 1.1]) {
      const data = Float32Array.from((scale as NDArray).data, s => s * factor);
      const other = { ...stored, quantization: { ...stored.quantization, scale: array([1, 1, 1, 7], data) } };
      expect(squared(other, value)).toBeGreaterThan(best);
    }
    expect(best).toBeLessThan(squared(binarize({ value }, { granularity: tensor() }), value));
  });

  it('draws +1 as often as a value clipped to -1 … 1 says', () => {
    const value = array([6], [-2, -1, -0.5, 0, 0.3, 1.5]);
    const rng = random(9);
    const sums = new Float64Array(6);
    const draws = 20_000;
    for (let n = 0; n < draws; n++) for (const [i, x] of real(binarizeAtRandom(value, rng)).data.entries()) sums[i] = (sums[i] ?? 0) + x;
    for (const [i, clipped] of [-1, -1, -0.5, 0, 0.3, 1].entries())
      expect(Math.abs((sums[i] as number) / draws - clipped)).toBeLessThanOrEqual(4 * Math.sqrt((1 - clipped ** 2) / draws));
  });
});

describe('ternary weights', () => {
  it('is the example of the notes', () => {
    const stored = ternarize({ value: w4 });
    const { data } = real(stored);
    expect([...data].filter(x => x !== 0).length).toBe(11);
    expect(scales(stored)[0]).toBeCloseTo(1.5, 6);
    expect(squared(stored, w4)).toBeCloseTo(2.0932, 5);
    // Δ is 0.734125: what lies beside it falls to either side
    const means = (w4.data as Float32Array).reduce((sum, x) => sum + Math.abs(x), 0) / 16;
    expect(0.7 * means).toBeCloseTo(0.734125, 6);
  });

  it('keeps a constant, zeros, and one value; a threshold of 0 keeps all that is not 0', () => {
    expect([...real(ternarize({ value: array([3], [-2, -2, -2]) })).data]).toEqual([-2, -2, -2]);
    expect([...real(ternarize({ value: array([3], [0, 0, 0]) })).data]).toEqual([0, 0, 0]);
    expect([...real(ternarize({ value: array([1], [-7]) })).data]).toEqual([-7]);
    expect([...real(ternarize({ value: array([4], [0, -1, 2, 3]) }, { threshold: 0 })).data]).toEqual([0, -2, 2, 2]);
  });

  it('has a threshold and a scale for each tile', () => {
    const value = array([4, 2], [1, 10, -1, -1, 1, 10, 0.1, 1]);
    const { data } = real(ternarize({ value }, { granularity: axis(-1) }));
    expect([...data]).toEqual([1, 10, -1, 0, 1, 10, 0, 0]);
  });

  it('leaves pruned weights at 0, and out of the means', () => {
    const value = array([4], [3, 5, 100, -4]);
    const mask = array([4], [1, 1, 0, 1], 'uint8');
    const stored = ternarize({ value, mask });
    expect([...real(stored).data]).toEqual([4, 4, 0, -4]);
  });
});

describe('models in one and two bits', () => {
  const model = mlp({ input: [9], hidden: [8], classes: 3, seed: 2 });

  it('changes the weights alone, or those that are named', () => {
    const binary = binaryQuantize(model);
    expect(binary.parameters['dense-1.bias']).toBe(model.parameters['dense-1.bias']);
    expect(parameterBits(binary.parameters['dense-1.kernel'] as Parameter)).toBe(72 + 8 * 32 + 64);
    const one = ternaryQuantize(model, { parameters: ['dense-2.kernel'] });
    expect(one.parameters['dense-1.kernel']).toBe(model.parameters['dense-1.kernel']);
    expect(parameterBits(one.parameters['dense-2.kernel'] as Parameter)).toBe(24 * 2 + 32 + 96);
  });

  it('has a scale for each channel of a depthwise kernel, also while it is trained', () => {
    const net = network('net', [4, 4, 3], { seed: 1 }).depthwiseConv2d(3).flatten().dense(2).model();
    const name = 'depthwise-conv2d-1.kernel';
    const parameters = [name];
    const { quantization } = binaryQuantize(net, { parameters }).parameters[name] as Parameter;
    expect(quantization?.scale).toMatchObject({ shape: [1, 1, 3, 1] });
    const { hooks, quantized } = binaryTraining(net, { parameters });
    const value = realValue(net.parameters[name] as Parameter);
    const shown = scope(() => [...((hooks.parameters?.({ [name]: upload(value) }) ?? {})[name]?.dataSync() ?? [])]);
    expect(shown.length).toBe(27);
    const stored = realValue(quantized(net).parameters[name] as Parameter).data;
    for (const [i, x] of shown.entries()) expect(x).toBeCloseTo(stored[i] as number, 6);
  });

  it('refuses what has no sign, and a mask where there is no 0', () => {
    const broken = withParameters(model, { 'dense-1.kernel': { value: array([9, 8], new Float32Array(72).fill(Number.NaN)) } });
    expect(() => binaryQuantize(broken)).toThrow(/Parameter dense-1\.kernel: value 0 is NaN/);
    expect(() => ternaryQuantize(broken)).toThrow(/Parameter dense-1\.kernel: value 0 is NaN/);
    expect(() => binarizeAtRandom(array([0], []), random(1))).toThrow(/no value/);
    expect(() => ternarize({ value: w4 }, { threshold: -1 })).toThrow(/threshold/);
    const mask = magnitudeMask((model.parameters['dense-1.kernel'] as Parameter).value, 0.5);
    const pruned = withParameters(model, { 'dense-1.kernel': { mask } });
    expect(() => binaryQuantize(pruned)).toThrow(/no 0 for its pruned weights/);
    expect(ternaryQuantize(pruned).parameters['dense-1.kernel']?.mask).toBe(mask);
  });
});
