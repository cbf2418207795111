import type { IntegerOpName } from '../integer/index.ts';
import { add, subtract } from './native/add.ts';
import { conv2d, dense, ofOneChannel } from './native/conv.ts';
import { depthwise, meanOfImage } from './native/depthwise.ts';
import { averagePool, maxPool } from './native/pool.ts';
import type { Way } from './step.ts';

/** The faster ways to run each op, the fastest first; an op that has none here runs by the reference. */
export const ways: Readonly<Partial<Record<IntegerOpName, readonly Way[]>>> = {
  conv2d: [conv2d],
  dense: [dense],
  'depthwise-conv2d': [depthwise, ofOneChannel],
  mean: [meanOfImage],
  add: [add],
  subtract: [subtract],
  'average-pool': [averagePool],
  'max-pool': [maxPool],
};
