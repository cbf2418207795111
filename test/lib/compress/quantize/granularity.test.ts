import { describe, expect, it } from 'vitest';
import { affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { axis, type Granularity, group, tensor } from '../../../../lib/compress/quantize/granularity/granularity.ts';
import { microexponents } from '../../../../lib/compress/quantize/granularity/microexponents.ts';
import { type FormatAndGranularity, vsQuant } from '../../../../lib/compress/quantize/granularity/vs-quant.ts';
import { quantizeValue } from '../../../../lib/compress/quantize/quantize-weights.ts';
import { tileExtremes, tileStatistics } from '../../../../lib/compress/quantize/range/tile-statistics.ts';
import { parameterBits } from '../../../../lib/measure/model-size.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { array, type NDArray } from '../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
import { sizeOf } from '../../../../lib/tensor/shape.ts';
import { tileIndices } from '../../../../lib/tensor/tiles.ts';
import { unchanged } from '../../unchanged.ts';

const plain = affineFormat({ bits: 4, symmetric: true });
const one = (granularity: Granularity): FormatAndGranularity => ({ format: plain, granularity });

// A granularity joins the suite by a line: itself or the scheme that it is a part of, and the bits that n = 384 numbers [4, 32, 3] take.
const listed: readonly { scheme: FormatAndGranularity; bits: number }[] = [
  { scheme: one(tensor()), bits: 384 * 4 + 32 },
  { scheme: one(axis()), bits: 384 * 4 + 3 * 32 },
  { scheme: one(axis(0)), bits: 384 * 4 + 4 * 32 },
  { scheme: one(group(16)), bits: 384 * 4 + 24 * 32 },
  { scheme: one(group(7)), bits: 384 * 4 + 4 * 5 * 3 * 32 },
  { scheme: one(group(2, -1)), bits: 384 * 4 + 4 * 32 * 2 * 32 },
  { scheme: vsQuant({ bits: 4 }), bits: 384 * 4.25 + 3 * 32 },
  { scheme: vsQuant({ bits: 4, scaleBits: 6, vector: 8, channels: 0 }), bits: 384 * (4 + 6 / 8) + 4 * 32 },
  { scheme: microexponents('mx4'), bits: 384 * 4 },
  { scheme: microexponents('mx6'), bits: 384 * 6 },
  { scheme: microexponents('mx9'), bits: 384 * 9 },
];

const shape = [4, 32, 3];
/** Numbers whose size differs from row to row, as what sums over different things does. */
const value: NDArray = array(
  shape,
  (normal(random(5), shape).data as Float32Array).map((x, i) => x * 2 ** (Math.floor(i / 3) % 7)),
);
const errorOf = (scheme: FormatAndGranularity, of = value): number => {
  const real = realValue({ ...quantizeValue(of, scheme), trainable: true }).data;
  return real.reduce((sum, r, i) => sum + (r - (of.data[i] as number)) ** 2, 0);
};

describe.each(listed)('$scheme.granularity.name, $scheme.format.name', ({ scheme, bits }) => {
  it(`takes ${bits} bits, and gives the same twice`, () => {
    const stored = unchanged(value, () => quantizeValue(value, scheme));
    expect(parameterBits({ ...stored, trainable: true })).toBe(bits);
    expect(quantizeValue(value, scheme)).toEqual(stored);
  });

  it('what does not share a scale is quantized as if it were alone', () => {
    const tile = scheme.granularity.tile(shape);
    const { of, count } = tileIndices(shape, tile);
    const statistics = tileStatistics(value, tile);
    expect(statistics.length).toBe(count);
    const of3 = ({ count: size, min, max }: { count: number; min: number; max: number }): number[] => [size, min, max];
    expect(tileExtremes(value, tile).map(of3)).toEqual(statistics.map(of3));
    for (const [t, { min, max, count: size }] of statistics.entries()) {
      const members = [...value.data].filter((_, i) => of[i] === t);
      expect([min, max, size]).toEqual([Math.min(...members), Math.max(...members), members.length]);
    }
  });

  it('keeps zeros, a single number, and odd sizes', () => {
    for (const small of [[1], [1, 1], [3, 5], [1, 17, 2], [2, 1, 33, 1]]) {
      const zero = quantizeValue(array(small, new Float32Array(sizeOf(small))), scheme);
      expect(realValue({ ...zero, trainable: true }).data.every(r => r === 0)).toBe(true);
      const eight = quantizeValue(array(small, new Float32Array(sizeOf(small)).fill(7)), scheme);
      const real = realValue({ ...eight, trainable: true }).data;
      expect(real.every(r => Math.abs(r - 7) <= (scheme.format.name === 'mx4' ? 1 : 0.5))).toBe(true);
    }
  });
});

describe('finer is better', () => {
  it('tensor > axis > group, and vectors with integer scales lie close to float scales', () => {
    const errors = [tensor(), axis(1), group(4, 1)].map(granularity => errorOf(one(granularity)));
    expect(errors[0]).toBeGreaterThan(errors[1] as number);
    const vectors = errorOf(vsQuant({ bits: 4, vector: 4, scaleBits: 8 }));
    expect(Math.abs(vectors / (errors[2] as number) - 1)).toBeLessThan(0.1);
    expect(errorOf(vsQuant({ bits: 4, vector: 4 }))).toBeLessThan(errors[0] as number);
  });

  it('mx9 < mx6 < mx4, and a pair of small numbers gets one bit more', () => {
    const [four, six, nine] = (['mx4', 'mx6', 'mx9'] as const).map(name => errorOf(microexponents(name)));
    expect(nine).toBeLessThan(six as number);
    expect(six).toBeLessThan(four as number);
    // mantissas of two bits: 3, 2, 1, 0 times 1/2 in the exponent of 1.5, and times 1/4 in the pair that is less than 1
    const numbers = array([16, 1], [1.5, 0.5, 0.75, -0.25, ...new Array(12).fill(0)]);
    expect(errorOf(microexponents('mx4'), numbers)).toBe(0);
    const apart = array([16, 1], [1.5, 0.75, 0.5, -0.25, ...new Array(12).fill(0)]);
    expect(errorOf(microexponents('mx4'), apart)).toBe(0.25 ** 2);
  });
});

describe('refused', () => {
  it.each([
    ['bits', () => vsQuant({ bits: 1 }), 'quantize/bits'],
    ['bits of scales', () => vsQuant({ bits: 4, scaleBits: 9 }), 'quantize/bits'],
    ['no neighbours', () => quantizeValue(value, vsQuant({ bits: 4, vector: 0 })), 'shape/tile'],
    ['an axis that is not there', () => quantizeValue(value, one(axis(3))), 'shape/axis'],
  ])('%s', (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
