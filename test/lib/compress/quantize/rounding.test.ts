import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { floatFormat } from '../../../../lib/compress/quantize/format/float.ts';
import type { Format } from '../../../../lib/compress/quantize/format/format.ts';
import { logarithmicFormat } from '../../../../lib/compress/quantize/format/logarithmic.ts';
import { axis, tensor } from '../../../../lib/compress/quantize/granularity/granularity.ts';
import { microexponents } from '../../../../lib/compress/quantize/granularity/microexponents.ts';
import { quantizeValue } from '../../../../lib/compress/quantize/quantize-weights.ts';
import { nearest } from '../../../../lib/compress/quantize/rounding/nearest.ts';
import type { Rounding } from '../../../../lib/compress/quantize/rounding/rounding.ts';
import { stochastic } from '../../../../lib/compress/quantize/rounding/stochastic.ts';
import { affine } from '../../../../lib/model/quantization/affine.ts';
import { codebook } from '../../../../lib/model/quantization/codebook.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
import { roundHalfEven } from '../../../../lib/tensor/round.ts';
import { unchanged } from '../../unchanged.ts';

// A rounding joins the suite by a line.
const listed: readonly Rounding[] = [nearest(), stochastic({ seed: 3 })];

const formats: readonly Format[] = [
  affineFormat({ bits: 3 }),
  affineFormat({ bits: 8, signed: false }),
  affineFormat({ bits: 4, symmetric: true }),
  floatFormat('fp4-e2m1'),
  floatFormat('fp8-e5m2'),
  logarithmicFormat({ bits: 4 }),
];

describe.each(listed)('rounding $name', rounding => {
  const value = normal(random(2), [6, 7]);

  it.each(formats)('gives codes of $name beside each value, numbers of the grid themselves, the same twice', format => {
    const scheme = { format, rounding, granularity: axis(-1) };
    const stored = unchanged(value, () => quantizeValue(value, scheme));
    expect(quantizeValue(value, scheme)).toEqual(stored);
    const real = realValue({ ...stored, trainable: true });
    // what is on the grid already, with the same ends, stays
    const again = rounding.codes(real, { quantization: stored.quantization, low: format.low, high: format.high, encode: format.encode });
    const back = realValue({ value: array(value.shape, again, 'int32'), quantization: stored.quantization, trainable: true });
    expect(back.data.map(x => x + 0)).toEqual(real.data.map(x => x + 0));
  });

  it('clamps beyond the ends', () => {
    const quantization = affine({ shape: [4], bits: 4, scale: [1], zeroPoint: [2] });
    const far = array([4], [1e9, -1e9, 5, -10]);
    expect([...rounding.codes(far, { quantization, low: -8, high: 7 })]).toEqual([7, -8, 7, -8]);
    const entries = codebook({ shape: [3], bits: 2, entries: [3, -1, 0] });
    expect([...rounding.codes(array([3], [9, -9, 0]), { quantization: entries, low: 0, high: 2 })]).toEqual([0, 1, 2]);
  });

  it('knows scales of two levels', () => {
    const scheme = { ...microexponents('mx9', { along: 0 }), rounding };
    const real = realValue({ ...quantizeValue(value, scheme), trainable: true });
    expect(Math.max(...real.data.map((r, i) => Math.abs(r - (value.data[i] as number))))).toBeLessThan(0.04);
  });

  it('leaves vectors to those who make them', () => {
    const quantization = codebook({ shape: [4], bits: 1, entries: array([2, 2], [0, 0, 1, 1]), vector: { axis: 0, length: 2 } });
    expect(() => rounding.codes(array([4], [0, 0, 1, 1]), { quantization, low: 0, high: 1 })).toThrow(
      expect.objectContaining({ code: 'quantize/rounding' }),
    );
  });
});

describe('nearest', () => {
  it('is round(r / S) + Z, halves to even, clamped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.float({ min: Math.fround(0.01), max: 8, noNaN: true }),
        fc.integer({ min: -8, max: 7 }),
        (values, scale, zeroPoint) => {
          const quantization = affine({ shape: [values.length], bits: 4, scale: [scale], zeroPoint: [zeroPoint] });
          const codes = nearest().codes(array([values.length], values), { quantization, low: -8, high: 7 });
          const expected = values.map(r => Math.min(7, Math.max(-8, roundHalfEven(Math.fround(r) / scale) + zeroPoint)));
          expect([...codes]).toEqual(expected.map(q => q + 0));
        },
      ),
    );
    const quantization = affine({ shape: [5], bits: 8, scale: [2] });
    expect([...nearest().codes(array([5], [1, 3, 5, -1, -3]), { quantization, low: -128, high: 127 })]).toEqual([0, 2, 2, 0, -2]);
  });

  it('of two entries that are equally near takes the lower index', () => {
    const quantization = codebook({ shape: [4], bits: 2, entries: [2, 0, 1, 1] });
    expect([...nearest().codes(array([4], [0.5, 1.5, 1, 9]), { quantization, low: 0, high: 3 })]).toEqual([1, 0, 2, 0]);
  });
});

describe('stochastic', () => {
  it.each([
    [affineFormat({ bits: 3, symmetric: true }), 0.02],
    [floatFormat('fp4-e2m1'), 0.04],
  ] as const)('has the value as its mean, %o', (format, tolerance) => {
    const value = array([6], [-1, -0.37, 0.1, 0.25, 0.6, 1]);
    const runs = 4000;
    const sums = new Float64Array(6);
    for (let seed = 0; seed < runs; seed++) {
      const stored = quantizeValue(value, { format, rounding: stochastic({ seed }), granularity: tensor() });
      realValue({ ...stored, trainable: true }).data.forEach((r, i) => {
        sums[i] = (sums[i] as number) + r;
      });
    }
    for (const [i, sum] of sums.entries()) expect(Math.abs(sum / runs - (value.data[i] as number))).toBeLessThan(tolerance);
  });

  it('draws otherwise from another seed', () => {
    const value = normal(random(4), [200]);
    const codes = [1, 2].map(seed => quantizeValue(value, { format: formats[0] as Format, rounding: stochastic({ seed }) }).value);
    expect(codes[0]).not.toEqual(codes[1]);
  });
});
