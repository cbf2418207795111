import type { RequantizeAttributes } from '../integer/requantize-attributes.ts';
import { biasOf, numbersOf } from '../integer/values.ts';
import { shifts } from './eligible.ts';
import type { Bound } from './step.ts';

/** Weights of rows that sum over `k` numbers each, as the step has them. */
export interface Rows {
  readonly weight: Bound;
  readonly bias: Bound | undefined;
  readonly weightZeroPoint: readonly number[];
  readonly inputZeroPoint: number;
  readonly out: number;
  readonly k: number;
  /** Where number i of row o lies; row by row when absent. */
  readonly at?: (o: number, i: number) => number;
}

/** The same for the fast ways: w - zero of every row, its zero point, and what a sum begins with. */
export interface Unpacked {
  /** [out, k]: w, moved so that it is an int8 when the whole row fits, with the zero points that are left. */
  readonly codes: Int16Array;
  readonly zero: Int32Array;
  /** bias - Z_x · Σ (w - zero), as an int32 that wraps. */
  readonly offset: Int32Array;
  /** Σ of `codes`. */
  readonly sum: Int32Array;
}

/** Zero points that are far off, or biases of more than 32 bits, are for the reference. */
const most = 2 ** 10;

/** Rows as int8 numbers with zero points, these 0 wherever w - zero fits into 8 bits; undefined where neither will do. */
export function unpacked({ weight, bias, weightZeroPoint, inputZeroPoint, out, k, at }: Rows): Unpacked | undefined {
  if (!weight.constant || (bias && !bias.constant) || weightZeroPoint.some(zero => Math.abs(zero) > most)) return undefined;
  const data = numbersOf(weight);
  const start = biasOf(bias, out);
  if (start.some(b => Math.abs(b) > 2 ** 31)) return undefined;
  const codes = new Int16Array(out * k);
  const [zero, offset, sum] = [new Int32Array(out), new Int32Array(out), new Int32Array(out)];
  for (let o = 0; o < out; o++) {
    const z = weightZeroPoint[weightZeroPoint.length === 1 ? 0 : o] as number;
    let [low, high, total] = [0, 0, 0];
    for (let i = 0; i < k; i++) {
      const w = (data[at ? at(o, i) : o * k + i] as number) - z;
      codes[o * k + i] = w;
      total += w;
      if (w < low) low = w;
      if (w > high) high = w;
    }
    offset[o] = (start[o] as number) - inputZeroPoint * total;
    sum[o] = total;
    if (low >= -128 && high <= 127) continue;
    // back to integers of 8 bits, with their zero point
    const move = weight.type === 'uint8' ? z - 128 : z;
    if (low + move < -128 || high + move > 127) return undefined;
    for (let i = 0; i < k; i++) codes[o * k + i] = (codes[o * k + i] as number) + move;
    zero[o] = move;
    sum[o] = total + k * move;
  }
  return { codes, zero, offset, sum };
}

const lanes = 16;

/** Rows as `int8Conv` takes them: [⌈out / 16⌉, ⌈k / 4⌉, 16, 4]. */
export function packedRows(codes: Int16Array, out: number, k: number): Int8Array {
  const quads = Math.ceil(k / 4);
  const packed = new Int8Array(Math.ceil(out / lanes) * quads * lanes * 4);
  for (let o = 0; o < out; o++)
    for (let i = 0; i < k; i++)
      packed[((Math.floor(o / lanes) * quads + (i >> 2)) * lanes + (o % lanes)) * 4 + (i & 3)] = codes[o * k + i] as number;
  return packed;
}

/** Rows of numbers for each output channel, `lists` of them after offset, multiplier, left and right, each padded to `length`. */
export function channelRows(
  { offset, attributes: { multiplier, shift } }: { readonly offset: Int32Array; readonly attributes: RequantizeAttributes },
  length: number,
  lists: readonly Int32Array[] = [],
): Int32Array {
  const rows = new Int32Array((4 + lists.length) * length);
  for (let c = 0; c < offset.length; c++) {
    const one = multiplier.length === 1 ? 0 : c;
    const [left, right] = shifts(shift[one] as number);
    for (const [i, value] of [offset[c] as number, multiplier[one] as number, left, right].entries()) rows[i * length + c] = value;
    for (const [i, list] of lists.entries()) rows[(4 + i) * length + c] = list[c] as number;
  }
  return rows;
}
