import type { Pair } from './layout.ts';

/** Weights of a layer as `out` rows of `depth` integers of 8 bits. */
export interface WeightRows {
  readonly data: ArrayLike<number>;
  readonly out: number;
  readonly depth: number;
}

/** How the products of a block meet: which outputs are computed together, in which order their inputs lie. */
export interface BlockOrder {
  readonly pairs: readonly Pair[];
  /** Output channels of one block: one or two. */
  readonly outputs: 1 | 2;
}

/** The output channels of each block. With an odd number of channels the last block of two computes one that is there already once more. */
export function outputBlocks(out: number, outputs: 1 | 2): readonly number[] {
  const first: number[] = [];
  for (let o = 0; o < out; o += outputs) first.push(Math.min(o, out - outputs));
  return first;
}

/**
 * Weights as words of four bytes, in the order in which a block reads them. Two outputs: a word a pair, [o0 low, o1 low, o0 high, o1 high], so that SXTB16
 * gives the pair of output 0 and, turned by 8 bits, that of output 1. One output: a word for two pairs, [low, low', high, high'].
 */
export function packedBytes({ data, out, depth }: WeightRows, { pairs, outputs }: BlockOrder): Int8Array {
  const bytes: number[] = [];
  for (const o of outputBlocks(out, outputs)) {
    const at = (row: number, k: number): number => (k < 0 ? 0 : (data[row * depth + k] as number));
    if (outputs === 2) for (const [low, high] of pairs) bytes.push(at(o, low), at(o + 1, low), at(o, high), at(o + 1, high));
    else
      for (let i = 0; i < pairs.length; i += 2) {
        const [a, b] = [pairs[i] as Pair, pairs[i + 1] ?? ([-1, -1] as const)];
        bytes.push(at(o, a[0]), at(o, b[0]), at(o, a[1]), at(o, b[1]));
      }
  }
  return Int8Array.from(bytes);
}

/** Words of 4-bit weights by twos: the low halves of a word's bytes are one word of `packedBytes`, the high ones the next. Blocks begin with a word. */
export function packedNibbles(rows: WeightRows, order: BlockOrder): Uint8Array {
  const bytes = packedBytes(rows, order);
  const each = 4 * blockWords(order);
  const packed: number[] = [];
  for (let block = 0; block < bytes.length; block += each)
    for (let at = 0; at < each; at += 8)
      for (let i = at; i < at + 4; i++) {
        const next = i + 4 < each ? (bytes[block + i + 4] as number) : 0;
        packed.push(((bytes[block + i] as number) & 15) | ((next & 15) << 4));
      }
  return Uint8Array.from(packed);
}

/** Words of `packedBytes` that a block reads. */
export const blockWords = ({ pairs, outputs }: BlockOrder): number => (outputs === 2 ? pairs.length : Math.ceil(pairs.length / 2));

/** The same weights as int16 pairs that need no widening: for each pair a word an output. */
export function packedHalves({ data, out, depth }: WeightRows, { pairs, outputs }: BlockOrder): Int16Array {
  const halves: number[] = [];
  for (const o of outputBlocks(out, outputs))
    for (const pair of pairs)
      for (let row = o; row < o + outputs; row++) for (const k of pair) halves.push(k < 0 ? 0 : (data[row * depth + k] as number));
  return Int16Array.from(halves);
}
