import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pruneMagnitude } from '../../../../lib/compress/prune/magnitude.ts';
import { masksOf } from '../../../../lib/compress/prune/masks.ts';
import { affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { axis, group, tensor } from '../../../../lib/compress/quantize/granularity/granularity.ts';
import { type QuantizedValue, quantizeValue, quantizeWeights } from '../../../../lib/compress/quantize/quantize-weights.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { type Parameter, withParameters } from '../../../../lib/model/model.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { array, filled, isArray, type NDArray, zeros } from '../../../../lib/tensor/array.ts';
import { elementsOf } from '../../../../lib/tensor/pack.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
import { unchanged } from '../../unchanged.ts';
import { w4 } from './w4.ts';

const realOf = (stored: QuantizedValue): Float32Array => realValue({ ...stored, trainable: true }).data as Float32Array;
const frobenius = (value: NDArray, stored: QuantizedValue): number =>
  Math.sqrt(realOf(stored).reduce((sum, r, i) => sum + (r - (value.data[i] as number)) ** 2, 0));
const scalesOf = ({ quantization: { scale } }: QuantizedValue): number[] => (isArray(scale) ? [...scale.data] : []);

describe('the matrix of the lecture in 2 bits', () => {
  it('asymmetric: scale 1.0667, zero point -1, Frobenius error 0.86338', () => {
    const stored = quantizeValue(w4, { format: affineFormat({ bits: 2 }) });
    expect(scalesOf(stored)).toEqual([Math.fround((Math.fround(2.12) - Math.fround(-1.08)) / 3)]);
    expect(stored.quantization).toMatchObject({ kind: 'affine', bits: 2, zeroPoint: array([1, 1], [-1], 'int32') });
    expect([...elementsOf(stored.value)]).toEqual([1, -2, 0, -1, -1, -1, -2, 1, -2, 1, -1, -2, 1, -1, 0, 0]);
    expect(frobenius(w4, stored)).toBeCloseTo(0.86338, 5);
  });

  it.each([
    { name: 'one scale', granularity: tensor(), error: 2.28456, scales: [2.12] },
    { name: 'one scale a row', granularity: axis(0), error: 2.07954, scales: [2.09, 2.12, 1.92, 1.87] },
    { name: 'one scale for each group of a whole row', granularity: group(4, 1), error: 2.07954, scales: [2.09, 2.12, 1.92, 1.87] },
  ])('symmetric, $name', ({ granularity, error, scales }) => {
    const stored = quantizeValue(w4, { format: affineFormat({ bits: 2, symmetric: true }), granularity });
    expect(scalesOf(stored)).toEqual(scales.map(Math.fround));
    expect(stored.quantization).not.toHaveProperty('zeroPoint');
    expect(frobenius(w4, stored)).toBeCloseTo(error, 5);
  });
});

const schemes = [
  { bits: 2 },
  { bits: 4, symmetric: true },
  { bits: 4, symmetric: true, restricted: false },
  { bits: 8, signed: false },
  { bits: 8, signed: false, symmetric: true },
  { bits: 8 },
  { bits: 16 },
];

describe.each(schemes)('affine %o', format => {
  const made = affineFormat(format);

  it('is off by at most half a step, and 0 stays 0', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 }), values => {
        const value = array([values.length + 1, 1], [...values, 0]);
        const stored = unchanged(value, () => quantizeValue(value, { format: made }));
        const [scale] = scalesOf(stored) as [number];
        const real = realOf(stored);
        expect(real.at(-1)).toBe(0);
        // the full range has no code for the positive end, and the zero point is rounded: there the end may move by a step
        const ends = format.symmetric && format.restricted !== false && format.signed !== false ? 0.5 : 1;
        for (const [i, r] of real.entries())
          expect(Math.abs(r - (value.data[i] as number))).toBeLessThanOrEqual(scale * ends * (1 + 1e-3) + 1e-30);
      }),
    );
  });

  it.each([3.7, -0.02, 1e-20, 1e30])('a constant %f keeps its value', constant => {
    const value = filled([2, 3], constant);
    const stored = quantizeValue(value, { format: made });
    const off =
      format.symmetric && (format.restricted === false || format.signed === false) && constant > 0 ? 2 ** (1 - format.bits) : 1e-6;
    for (const r of realOf(stored)) expect(Math.abs(r / Math.fround(constant) - 1)).toBeLessThanOrEqual(off * 1.01);
  });

  it('zeros stay zeros, on the scale 1', () => {
    const stored = quantizeValue(zeros([3]), { format: made });
    expect(scalesOf(stored)).toEqual([1]);
    expect([...realOf(stored)]).toEqual([0, 0, 0]);
  });

  it('holds the largest and the smallest numbers of float32', () => {
    const value = array([4], [3.4e38, -3.4e38, 1e-45, 0]);
    expect(realOf(quantizeValue(value, { format: made })).every(Number.isFinite)).toBe(true);
    const small = quantizeValue(array([2], [1e-45, -3e-45]), { format: made });
    expect(realOf(small).every(r => Math.abs(r) < 1e-37)).toBe(true);
  });
});

describe('ranges', () => {
  it('of one sign are widened to 0', () => {
    const up = quantizeValue(array([2], [4, 5.1]), { format: affineFormat({ bits: 8 }) });
    expect(scalesOf(up)).toEqual([Math.fround(5.1 / 255)]);
    expect([...elementsOf((up.quantization as { zeroPoint: NDArray }).zeroPoint)]).toEqual([-128]);
    const down = quantizeValue(array([2], [-4, -5.1]), { format: affineFormat({ bits: 8 }) });
    expect([...elementsOf((down.quantization as { zeroPoint: NDArray }).zeroPoint)]).toEqual([127]);
  });
});

const model = mlp({ input: [5], hidden: [6], classes: 3, seed: 4 });
const scheme = { format: affineFormat({ bits: 4, symmetric: true }), granularity: axis(-1) };

describe('quantizeWeights', () => {
  it('quantizes kernels, not biases, and only those that are named', () => {
    const all = unchanged(model, () => quantizeWeights(model, scheme));
    const quantized = Object.entries(all.parameters).filter(([, { quantization }]) => quantization);
    expect(quantized.map(([name]) => name)).toEqual(['dense-1.kernel', 'dense-2.kernel']);
    expect(all.parameters['dense-1.kernel']?.value.dtype).toBe('int4');
    const one = quantizeWeights(model, { ...scheme, parameters: ['dense-2.kernel'] });
    expect(one.parameters['dense-1.kernel']).toBe(model.parameters['dense-1.kernel']);
    expect(one.parameters['dense-2.kernel']?.quantization).toBeDefined();
  });

  it('changes nothing the second time', () => {
    const once = quantizeWeights(model, scheme);
    const twice = quantizeWeights(once, scheme);
    for (const name of ['dense-1.kernel', 'dense-2.kernel'])
      expect(realValue(twice.parameters[name] as Parameter).data).toEqual(realValue(once.parameters[name] as Parameter).data);
  });

  it.each([affineFormat({ bits: 4 }), affineFormat({ bits: 8, signed: false })])('keeps masks: pruned weights are 0, %o', format => {
    const sparse = pruneMagnitude(model, { sparsity: 0.5 });
    const quantized = quantizeWeights(sparse, { format, granularity: axis(-1) });
    expect(masksOf(quantized)).toEqual(masksOf(sparse));
    for (const name of ['dense-1.kernel', 'dense-2.kernel']) {
      const parameter = quantized.parameters[name] as Parameter & { quantization: { zeroPoint?: NDArray } };
      const codes = elementsOf(parameter.value);
      const zeroPoint = parameter.quantization.zeroPoint?.data;
      const channels = parameter.value.shape[1] as number;
      parameter.mask?.data.forEach((kept, i) => {
        if (kept === 0) expect(codes[i]).toBe(zeroPoint?.[i % channels] ?? 0);
        if (kept === 0) expect(realValue(parameter).data[i]).toBe(0);
      });
    }
  });

  it.each([
    [Number.NaN, 'quantize/finite'],
    [Number.POSITIVE_INFINITY, 'quantize/finite'],
    [Number.NEGATIVE_INFINITY, 'quantize/finite'],
  ])('refuses %f by the name of its parameter', (broken, code) => {
    const value = normal(random(1), [5, 6]);
    const data = Float32Array.from(value.data);
    data[7] = broken;
    const diverged = withParameters(model, { 'dense-1.kernel': { value: array([5, 6], data) } });
    expect(() => quantizeWeights(diverged, scheme)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('dense-1.kernel') }),
    );
  });

  it('refuses nothing at all, and what is not there', () => {
    expect(() => quantizeValue(zeros([0, 3]), scheme, 'Parameter p')).toThrow(
      expect.objectContaining({ code: 'quantize/empty', message: expect.stringContaining('Parameter p') }),
    );
    expect(() => quantizeWeights(model, { ...scheme, parameters: ['dense-9.kernel'] })).toThrow(
      expect.objectContaining({ code: 'quantize/parameter', message: expect.stringContaining('dense-9.kernel') }),
    );
  });

  it('refuses codes that a rounding invents', () => {
    const rounding = { name: 'wild', codes: (value: NDArray) => new Int32Array(value.data.length).fill(9) };
    expect(() => quantizeWeights(model, { ...scheme, rounding })).toThrow(
      expect.objectContaining({ code: 'quantize/rounding', message: expect.stringContaining('dense-1.kernel') }),
    );
  });

  it.each([1, 17, 2.5, Number.NaN])('refuses %f bits', bits => {
    expect(() => affineFormat({ bits })).toThrow(expect.objectContaining({ code: 'quantize/bits' }));
  });
});
