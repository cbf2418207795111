import { type Graph, nodeOf } from '../../../model/model.ts';
import type { AffineFormat } from '../format/affine.ts';
import type { Interval } from '../interval.ts';

/**
 * The interval of a value whose range is known before any data, so that it lies on the grid that TensorFlow Lite stores it on: probabilities of a softmax in b
 * bits on that of 2^-b from 0 on, in 8 bits scale 1/256 and zero point -128, in 16 bits scale 1/32768 and zero point 0. A sigmoid has the same two; in other
 * bits, which no file has, its own range is finer.
 */
export function fixedInterval(graph: Graph, id: string, { bits, symmetric = false }: AffineFormat): Interval | undefined {
  const { op } = nodeOf(graph, id);
  if (op !== 'softmax' && !(op === 'sigmoid' && (bits === 8 || bits === 16))) return undefined;
  if (bits === 16) return { low: -1, high: symmetric ? 1 : 1 - 2 ** -15 };
  return { low: 0, high: 1 - 2 ** -bits };
}
