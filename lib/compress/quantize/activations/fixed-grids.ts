import { type Graph, nodeOf } from '../../../model/model.ts';
import type { Interval } from '../interval.ts';

/**
 * The interval of a value whose range is known before any data: probabilities of a softmax lie on the grid of 2^-bits from 0 on, in 8 bits scale 1/256 and
 * zero point -128, as TensorFlow Lite stores them.
 */
export function fixedInterval(graph: Graph, id: string, { bits }: { readonly bits: number }): Interval | undefined {
  return nodeOf(graph, id).op === 'softmax' ? { low: 0, high: 1 - 2 ** -bits } : undefined;
}
