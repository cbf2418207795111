import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addFixedPoint,
  fixedPointFormat,
  fromFixedPoint,
  multiplyFixedPoint,
  toFixedPoint,
} from '../../../../../lib/compress/quantize/format/fixed-point.ts';
import { decodeFloat32, encodeFloat32 } from '../../../../../lib/compress/quantize/format/float32.ts';
import { decodeInteger, encodeInteger, type IntegerCode, integerRange } from '../../../../../lib/compress/quantize/format/integer-codes.ts';
import { logarithmicFormat } from '../../../../../lib/compress/quantize/format/logarithmic.ts';
import { quantizeValue } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { w4 } from '../w4.ts';

const refused = (code: string): unknown => expect.objectContaining({ name: 'LabError', code });

describe('integer codes', () => {
  it.each([
    ['unsigned', 49, 0b00110001],
    ['sign-magnitude', 49, 0b00110001],
    ['sign-magnitude', -49, 0b10110001],
    ['sign-magnitude', -0, 0b10000000],
    ['sign-magnitude', 0, 0],
    ['twos-complement', 49, 0b00110001],
    ['twos-complement', -49, 0b11001111],
    ['twos-complement', -128, 0b10000000],
    ['twos-complement', -0, 0],
  ] as const)('%s of %d', (code, value, pattern) => {
    expect(encodeInteger(value, { code, bits: 8 })).toBe(pattern);
    const back = decodeInteger(pattern, { code, bits: 8 });
    expect(Object.is(back, value) || (back === value && code === 'twos-complement')).toBe(true);
  });

  it.each([
    ['unsigned', 1, 0, 1],
    ['unsigned', 32, 0, 2 ** 32 - 1],
    ['sign-magnitude', 4, -7, 7],
    ['twos-complement', 4, -8, 7],
    ['twos-complement', 32, -(2 ** 31), 2 ** 31 - 1],
  ] as const)('range of %s in %d bits', (...[code, bits, low, high]) => {
    expect(integerRange({ code, bits })).toEqual([low, high]);
    for (const value of [low, high]) expect(decodeInteger(encodeInteger(value, { code, bits }), { code, bits })).toBe(value);
    for (const value of [low - 1, high + 1, 0.5, Number.NaN])
      expect(() => encodeInteger(value, { code, bits })).toThrow(refused('quantize/integer'));
    expect(() => decodeInteger(2 ** bits, { code, bits })).toThrow(refused('quantize/integer'));
  });

  it.each<IntegerCode>(['unsigned', 'sign-magnitude', 'twos-complement'])('every pattern of %s comes back', code => {
    for (let pattern = 0; pattern < 32; pattern++)
      expect(encodeInteger(decodeInteger(pattern, { code, bits: 5 }), { code, bits: 5 })).toBe(pattern);
    expect(() => integerRange({ code, bits: 33 })).toThrow(refused('quantize/bits'));
    expect(() => integerRange({ code, bits: 0 })).toThrow(refused('quantize/bits'));
  });
});

describe('fixed point', () => {
  const format = { bits: 8, fraction: 3 };
  it('00010.110 is 2.75', () => {
    expect(toFixedPoint(2.75, format)).toBe(0b00010110);
    expect(fromFixedPoint(0b00010110, format)).toBe(2.75);
  });

  it('saturates, and rounds halves to even', () => {
    expect([1e9, -1e9, Number.POSITIVE_INFINITY, 15.94, -16].map(x => toFixedPoint(x, format))).toEqual([127, -128, 127, 127, -128]);
    expect([1 / 16, 3 / 16, -1 / 16].map(x => toFixedPoint(x, format))).toEqual([0, 2, 0]);
    expect(addFixedPoint(-100, -100, format)).toBe(-128);
    expect(multiplyFixedPoint(22, 12, format)).toBe(33);
    expect(multiplyFixedPoint(120, 120, format)).toBe(127);
    expect(multiplyFixedPoint(1, 4, format)).toBe(0);
    expect(multiplyFixedPoint(3, 4, format)).toBe(2);
    expect(() => toFixedPoint(Number.NaN, format)).toThrow(refused('quantize/finite'));
  });

  it('is off by half a step at most inside', () => {
    fc.assert(
      fc.property(fc.double({ min: -16, max: 15.875, noNaN: true }), x => {
        expect(Math.abs(fromFixedPoint(toFixedPoint(x, format), format) - x)).toBeLessThanOrEqual(1 / 16);
      }),
    );
  });

  it('as a format has scales that are powers of two, the finest without saturation', () => {
    fc.assert(
      fc.property(fc.float({ min: -100, max: 100, noNaN: true }), fc.float({ min: -100, max: 100, noNaN: true }), (a, b) => {
        const { quantization, value } = quantizeValue(array([3], [a, b, 0]), { format: fixedPointFormat({ bits: 8 }) });
        const [scale] = (quantization.scale as NDArray).data as unknown as [number];
        expect(Number.isInteger(Math.log2(scale))).toBe(true);
        const real = realValue({ value, quantization, trainable: true }).data as Float32Array;
        for (const [i, x] of [a, b].entries()) expect(Math.abs((real[i] as number) - x)).toBeLessThanOrEqual(scale / 2);
        const finer = [a, b].some(x => x / (scale / 2) > 127.5 || x / (scale / 2) < -128.5);
        expect(finer || (a === 0 && b === 0) || Math.max(Math.abs(a), Math.abs(b)) < 1e-30).toBe(true);
      }),
    );
    const given = quantizeValue(w4, { format: fixedPointFormat({ bits: 4, fraction: 1 }) });
    expect((given.quantization.scale as NDArray).data).toEqual(new Float32Array([0.5]));
  });

  it('refuses what is none', () => {
    expect(() => fixedPointFormat({ bits: 1 })).toThrow(refused('quantize/bits'));
    expect(() => fixedPointFormat({ bits: 8, fraction: 0.5 })).toThrow(refused('quantize/fraction'));
    expect(() => toFixedPoint(1, { bits: 17, fraction: 0 })).toThrow(refused('quantize/bits'));
  });
});

describe('float32', () => {
  it.each([
    [0.265625, { sign: 0, exponent: 125, fraction: 0.0625, kind: 'normal' }],
    [2 ** -149, { sign: 0, exponent: 0, fraction: 2 ** -23, kind: 'subnormal' }],
    [2 ** -126 - 2 ** -149, { sign: 0, exponent: 0, fraction: 1 - 2 ** -23, kind: 'subnormal' }],
    [-0, { sign: 1, exponent: 0, fraction: 0, kind: 'zero' }],
    [Number.NEGATIVE_INFINITY, { sign: 1, exponent: 255, fraction: 0, kind: 'infinity' }],
  ] as const)('%f', (x, parts) => {
    expect(decodeFloat32(x)).toEqual(parts);
    expect(encodeFloat32(parts)).toBe(x);
  });

  it('comes together again', () => {
    expect(decodeFloat32(Number.NaN).kind).toBe('nan');
    expect(encodeFloat32(decodeFloat32(Number.NaN))).toBeNaN();
    fc.assert(
      fc.property(fc.float({ noNaN: true }), x => {
        expect(encodeFloat32(decodeFloat32(x))).toBe(x);
      }),
    );
  });
});

describe('powers of two', () => {
  const realOf = (values: number[], bits: number): number[] => {
    const stored = quantizeValue(array([values.length], values), { format: logarithmicFormat({ bits }) });
    return [...realValue({ ...stored, trainable: true }).data];
  };

  it('are sign(r) · 2^round(log2 |r|), and 0 below the smallest', () => {
    const values = [1.3, -0.7, 0.36, 0.35, 0.17, 0.01, 0, -1.5];
    const rounded = values.map(r => (r === 0 ? 0 : Math.sign(r) * 2 ** Math.round(Math.log2(Math.abs(r)))));
    expect(rounded).toEqual([1, -0.5, 0.5, 0.25, 0.125, 0.0078125, 0, -2]);
    // largest 2, with three bits 2, 1 and ½; ¼ and less is 0
    expect(realOf(values, 3)).toEqual([1, -0.5, 0.5, 0, 0, 0, 0, -2]);
    expect(realOf(values, 4)).toEqual([1, -0.5, 0.5, 0.25, 0.125, 0, 0, -2]);
    expect(realOf(values, 8)).toEqual(rounded);
  });

  it('stay themselves', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 6 })), { minLength: 1 }), powers => {
        const values = [1, ...powers.map(([minus, power]) => (minus ? -1 : 1) * 2 ** -power)];
        expect(realOf(values, 4)).toEqual(values);
      }),
    );
    expect(() => logarithmicFormat({ bits: 9 })).toThrow(refused('quantize/bits'));
  });
});
