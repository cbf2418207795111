import { prunedCount } from '../../../model/sparsity.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { gridShape, tileIndices } from '../../../tensor/tiles.ts';
import { pruneLowest } from '../select.ts';

/** What a mask is made to. */
export interface MaskChoice {
  /** Share of the groups that go, 0–1: round(sparsity · groups) of them. */
  readonly sparsity: number;
  /** p of the norm that makes a group's score of its weights' scores s: (Σ s^p)^(1/p); default 1, the sum. */
  readonly order?: number;
}

/**
 * Which weights go together. Given the scores of all weights of one array, a granularity says which are kept; the highest scores stay.
 * A score of -Infinity marks a weight that an earlier mask has pruned: it stays pruned.
 */
export interface Granularity {
  /** What messages call it. */
  readonly name: string;
  /** Shape of the groups that an array of this shape splits into, where groups are tiles of it; absent where they are not (N:M, patterns). */
  tile?(shape: Shape): Shape;
  /** The mask for float32 scores: uint8 of their shape, 1 = kept. Of equal groups the first in row-major order is pruned first. */
  mask(scores: NDArray, choice: MaskChoice): NDArray;
}

/** The granularity whose groups are the tiles of this shape, side by side; tiles at the end of an axis may be smaller. */
export function tiled(name: string, tile: (shape: Shape) => Shape): Granularity {
  return Object.freeze({
    name,
    tile,
    mask(scores: NDArray, { sparsity, order }: MaskChoice): NDArray {
      const groups = groupScores(scores, { tile: tile(scores.shape), order });
      const kept = pruneLowest(groups.scores, prunedCount(sparsity, groups.scores.length));
      return array(scores.shape, groups.of ? spread(kept, groups.of) : kept, 'uint8');
    },
  });
}

/** Each weight's entry, that of its group. */
function spread(kept: Uint8Array, of: Int32Array): Uint8Array {
  const mask = new Uint8Array(of.length);
  for (let i = 0; i < mask.length; i++) mask[i] = kept[of[i] as number] as number;
  return mask;
}

/** Scores of the groups, in row-major order of their tiles, and the group of each weight; `of` is absent where each is its own. */
export interface GroupScores {
  readonly scores: Float32Array;
  readonly of?: Int32Array;
}

/** The score of each tile: the norm of this order over its weights' scores, in double precision, as float32. Pruned weights count 0. */
export function groupScores({ shape, data }: NDArray, { tile, order = 1 }: { tile: Shape; order?: number }): GroupScores {
  if (sizeOf(gridShape(shape, tile)) === data.length) return { scores: data as Float32Array };
  const { count, of } = tileIndices(shape, tile);
  const sums = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < data.length; i++) {
    const score = data[i] as number;
    if (score === Number.NEGATIVE_INFINITY) continue;
    const group = of[i] as number;
    const before = sums[group] as number;
    const term = order === 1 ? score : order === 2 ? score * score : Math.abs(score) ** order;
    sums[group] = before === Number.NEGATIVE_INFINITY ? term : before + term;
  }
  const scores = Float32Array.from(sums, sum => (order === 1 || sum === Number.NEGATIVE_INFINITY ? sum : sum ** (1 / order)));
  return { scores, of };
}
