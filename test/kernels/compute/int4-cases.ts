import { expect } from 'vitest';
import { type Int4Weights, packInt4, unpackInt4 } from '../../../lib/tensor/int4-weights.ts';
import { normal, random } from '../../../lib/tensor/random.ts';

/** A product with weights of 4 bits; `zeros`: with zero points. */
export interface Case {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly group: number;
  readonly zeros: boolean;
}

const u = 2 ** -24;
const gamma = (k: number): number => (k * u) / (1 - k * u);

/** A whole number from a counter, spread over low … high. */
export const spread = (i: number, low: number, high: number): number => low + ((Math.imul(i + 1, 2654435761) >>> 9) % (high - low + 1));

export function weightsOf({ k, n, group, zeros }: Case, scaleOf: (i: number) => number): Int4Weights {
  const cells = Math.ceil(k / group) * n;
  return packInt4({
    ...{ k, n, group },
    codes: Int8Array.from({ length: k * n }, (_, i) => spread(i, -8, 7)),
    scale: Float32Array.from({ length: cells }, (_, i) => scaleOf(i)),
    ...(zeros && { zeroPoint: Int8Array.from({ length: cells }, (_, i) => spread(i + 5, -8, 7)) }),
  });
}
export const anyScale = (i: number): number => spread(i, 1, 1000) / 7000;
export const floatsOf = (length: number): Float32Array => normal(random(length), [length]).data as Float32Array;

/** Each output in double precision, and how far off it may be: what is added up in float32 are products, or with bytes the sums of groups. */
export function exact(x: Float32Array | Int8Array, weights: Int4Weights, rowScale?: Float32Array): { value: number; bound: number }[] {
  const { k, n, group } = weights;
  const [codes, real] = [unpackInt4({ ...weights, scale: weights.scale.map(() => 1) }), unpackInt4(weights)];
  const groups = Math.ceil(k / group);
  return Array.from({ length: (rowScale?.length ?? x.length / k) * n || 0 }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let [value, size] = [0, 0];
    for (let g = 0; g < groups; g++) {
      const scale = weights.scale[((j >> 4) * groups + g) * 16 + (j & 15)] as number;
      let [part, parts] = [0, 0];
      for (let p = g * group; p < Math.min(k, (g + 1) * group); p++) {
        part += (x[i * k + p] as number) * (codes[p * n + j] as number);
        parts += Math.abs((x[i * k + p] as number) * (codes[p * n + j] as number));
      }
      value += scale * part;
      size += scale * (rowScale ? Math.abs(part) : parts);
    }
    const row = rowScale ? (rowScale[i] as number) : 1;
    expect(real.length).toBe(k * n);
    return { value: row * value, bound: gamma(rowScale ? groups + 2 : k + groups + 1) * Math.abs(row) * size };
  });
}

export function expectWithin(got: Float32Array, expected: readonly { value: number; bound: number }[], where: string): void {
  const off = expected.findIndex(({ value, bound }, i) => !(Math.abs((got[i] as number) - value) <= bound));
  expect(off, `${where}, element ${off}: got ${got[off]}, exact ${JSON.stringify(expected[off])}`).toBe(-1);
}
