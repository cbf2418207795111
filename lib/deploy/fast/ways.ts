import type { IntegerOpName } from '../integer/index.ts';
import { mean } from './mean.ts';
import { pad, paste, slice, transpose } from './moves.ts';
import { add, subtract } from './native/add.ts';
import { conv2d, dense, ofOneChannel } from './native/conv.ts';
import { depthwise, meanOfImage } from './native/depthwise.ts';
import { averagePool, maxPool } from './native/pool.ts';
import { quantize } from './native/quantize.ts';
import * as real from './real/layers.ts';
import type { Way } from './step.ts';

/** The faster ways to run each op, the fastest first; an op that has none here runs by the reference. */
export const ways: Readonly<Partial<Record<IntegerOpName, readonly Way[]>>> = {
  conv2d: [conv2d, real.conv2d],
  dense: [dense, real.dense],
  'depthwise-conv2d': [depthwise, ofOneChannel, real.depthwise],
  mean: [meanOfImage, mean],
  pad: [pad],
  paste: [paste],
  slice: [slice],
  transpose: [transpose],
  quantize: [quantize],
  add: [add],
  subtract: [subtract],
  'average-pool': [averagePool],
  'max-pool': [maxPool],
};
