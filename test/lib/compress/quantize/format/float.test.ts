import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFloat, encodeFloat, floatFormat, floatNumbers } from '../../../../../lib/compress/quantize/format/float.ts';
import { quantizeValue } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { parameterBits } from '../../../../../lib/measure/model-size.ts';
import type { SmallFloatName } from '../../../../../lib/model/quantization/number-formats.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { array } from '../../../../../lib/tensor/array.ts';

const names: readonly SmallFloatName[] = ['fp16', 'bf16', 'fp8-e4m3', 'fp8-e5m2', 'fp4-e1m2', 'fp4-e2m1', 'fp4-e3m0'];
const inf = Number.POSITIVE_INFINITY;

describe('grids of 4 bits', () => {
  it.each([
    ['fp4-e1m2', [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]],
    ['fp4-e2m1', [0, 0.5, 1, 1.5, 2, 3, 4, 6]],
    ['fp4-e3m0', [0, 0.25, 0.5, 1, 2, 4, 8, 16]],
  ] as const)('%s', (name, positive) => {
    expect(floatNumbers(name)).toEqual([
      ...positive
        .slice(1)
        .map(x => -x)
        .reverse(),
      ...positive,
    ]);
  });
});

describe('largest and smallest numbers', () => {
  it.each([
    { name: 'fp16', largest: 65504, subnormal: 2 ** -24, normal: 2 ** -14 },
    { name: 'bf16', largest: 255 * 2 ** 120, subnormal: 2 ** -133, normal: 2 ** -126 },
    { name: 'fp8-e4m3', largest: 448, subnormal: 2 ** -9, normal: 2 ** -6 },
    { name: 'fp8-e5m2', largest: 57344, subnormal: 2 ** -16, normal: 2 ** -14 },
  ] as const)('$name', ({ name, largest, subnormal, normal }) => {
    const numbers = floatNumbers(name);
    expect(numbers.at(-1)).toBe(largest);
    expect(numbers.find(x => x > 0)).toBe(subnormal);
    expect(numbers).toContain(normal);
  });
});

describe('what lies between and beyond the numbers', () => {
  // as ml_dtypes converts, compared on 300,000 numbers: np.float32(x).astype(ml_dtypes.float8_e4m3fn).view(np.uint8) and its like
  it.each([
    ['fp8-e4m3', 464, 0x7e],
    ['fp8-e4m3', 465, 0x7f],
    ['fp8-e4m3', -inf, 0xff],
    ['fp8-e4m3', Number.NaN, 0x7f],
    ['fp8-e4m3', 0.3, 0x2a],
    ['fp8-e4m3', 2 ** -10, 0x00],
    ['fp8-e4m3', 3 * 2 ** -11, 0x01],
    ['fp8-e4m3', -0, 0x80],
    ['fp8-e5m2', 61439, 0x7b],
    ['fp8-e5m2', 61440, 0x7c],
    ['fp8-e5m2', -inf, 0xfc],
    ['fp8-e5m2', Number.NaN, 0x7e],
    ['fp8-e5m2', 1.125, 0x3c],
    ['fp8-e5m2', 1.375, 0x3e],
    ['fp16', 65519, 0x7bff],
    ['fp16', 65520, 0x7c00],
    ['fp16', 0.1, 0x2e66],
    ['fp16', Number.NaN, 0x7e00],
    ['bf16', 3.14159265, 0x4049],
    ['bf16', Number.NaN, 0x7fc0],
    ['bf16', 3.4e38, 0x7f80],
    ['fp4-e2m1', 2.5, 0x4],
    ['fp4-e2m1', 5, 0x6],
    ['fp4-e2m1', -7, 0xf],
    ['fp4-e3m0', 3, 0x4],
    ['fp4-e3m0', 6, 0x6],
    ['fp4-e1m2', 0.25, 0x0],
    ['fp4-e1m2', 0.75, 0x2],
  ] as const)('%s of %f', (name, x, code) => {
    expect(encodeFloat(name, x)).toBe(code);
  });

  it('NaN has no code in 4 bits', () => {
    expect(() => encodeFloat('fp4-e2m1', Number.NaN)).toThrow(expect.objectContaining({ code: 'format/nan' }));
  });
});

describe.each(names)('%s', name => {
  const numbers = floatNumbers(name);

  it('every code means the same after decoding and encoding', () => {
    const bits = floatFormat(name).bits;
    for (let code = 0; code < 2 ** bits; code++) {
      const x = decodeFloat(name, code);
      if (!Number.isNaN(x)) expect(encodeFloat(name, x)).toBe(code);
    }
  });

  it('is the nearest of all numbers, the even code of two', () => {
    const largest = numbers.at(-1) as number;
    const sorted = Float64Array.from(numbers);
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -30, max: 0 }), (unit, exponent) => {
        const x = unit * largest * 2 ** exponent;
        const found = decodeFloat(name, encodeFloat(name, x));
        const best = sorted.reduce((least, y) => Math.min(least, Math.abs(y - x)), inf);
        expect(Math.abs(found - x)).toBe(best);
      }),
      { numRuns: numbers.length > 300 ? 10 : 100 },
    );
    const near = numbers.slice(-20);
    for (const [i, y] of near.entries()) {
      const next = near[i + 1];
      if (next !== undefined && y >= 0) expect(encodeFloat(name, (y + next) / 2) % 2).toBe(0);
    }
  });

  it('as a format: nothing but codes and scales is stored, and its own numbers stay', () => {
    const value = array([7], [0, ...numbers.filter(x => x > 0).slice(-5), numbers.at(-1) as number]);
    const parameter = { ...quantizeValue(value, { format: floatFormat(name) }), trainable: true };
    expect(realValue(parameter).data).toEqual(value.data);
    const { bits } = floatFormat(name);
    expect(parameterBits(parameter)).toBe(7 * bits + (bits <= 8 ? 32 : 0));
    expect(parameter.quantization).toMatchObject({ kind: 'codebook', format: name });
  });

  it('as a format: what is beyond becomes the largest number', () => {
    const snap = floatFormat(name, { scaled: false }).snap({ low: -1, high: 1 });
    expect(snap(inf)).toBe(numbers.at(-1));
    expect(snap(-1e39)).toBe(numbers[0]);
  });
});

it('bf16 is the high half of float32, rounded, halves to even', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), x => {
      const [bits] = new Uint32Array(new Float32Array([x]).buffer) as unknown as [number];
      const half = bits & 0xffff;
      const up = half > 0x8000 || (half === 0x8000 && (bits >>> 16) % 2 === 1);
      expect(encodeFloat('bf16', x)).toBe((bits >>> 16) + (up ? 1 : 0));
    }),
  );
});
