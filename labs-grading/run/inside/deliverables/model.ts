import { checkedModel, type ModelLimits, type NDArray, predict } from 'tinylab';
import { decode, encode } from 'tinylab/grading';
import type { HandedInKind } from './kind.ts';

/** Everything is inferred from the graph. */
const caps: ModelLimits = { nodes: 2_000, bytes: 64 * 2 ** 20, values: 2 ** 24, finite: true };

/** A model, and its scores on a batch. */
export const model: HandedInKind<'model'> = {
  caps,
  asks: { predict: request => encode(predict(checkedModel(decode(request.model), caps), decode(request.inputs) as NDArray)) },
};
