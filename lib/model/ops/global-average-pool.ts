import { tf } from '../../tensor/tf.ts';
import { eachAlone } from '../channels/rules.ts';
import { readsAll } from '../places.ts';
import { type Op, ofRank, only } from './op.ts';

/** Mean over height and width: [h, w, c] → [c]. */
export const globalAveragePool: Op<'global-average-pool'> = {
  name: 'global-average-pool',
  arity: 1,
  attributes: {},
  infer: inputs => ofRank(3, only(inputs)).slice(2),
  reads: readsAll,
  coupling: eachAlone,
  forward: ({ inputs }) => tf.mean(only(inputs), [1, 2]),
};
