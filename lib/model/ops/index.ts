import { LabError } from '../../tensor/errors.ts';
import { add } from './add.ts';
import { averagePool } from './average-pool.ts';
import { batchNorm } from './batch-norm.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { flatten } from './flatten.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { hardSwish } from './hard-swish.ts';
import { input } from './input.ts';
import { layerNorm } from './layer-norm.ts';
import { leakyRelu } from './leaky-relu.ts';
import { maxPool } from './max-pool.ts';
import type { Op } from './op.ts';
import { pad } from './pad.ts';
import { relu } from './relu.ts';
import { relu6 } from './relu6.ts';
import { reshape } from './reshape.ts';
import { sigmoid } from './sigmoid.ts';
import { softmax } from './softmax.ts';
import { swish } from './swish.ts';
import { tanh } from './tanh.ts';

/** Every op, one for each file of this folder. */
export const ops: readonly Op[] = [
  add,
  averagePool,
  batchNorm,
  concat,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  flatten,
  globalAveragePool,
  hardSwish,
  input,
  layerNorm,
  leakyRelu,
  maxPool,
  pad,
  relu,
  relu6,
  reshape,
  sigmoid,
  softmax,
  swish,
  tanh,
] as readonly Op[];

const byName: ReadonlyMap<string, Op> = new Map(ops.map(op => [op.name, op]));

/**
 * The op of this name.
 * @throws LabError `model/op`.
 */
export function opOf(name: string): Op {
  const op = byName.get(name);
  if (op) return op;
  throw new LabError('model/op', `There is no op ${JSON.stringify(name)}.`, `Ops: ${[...byName.keys()].join(', ')}.`);
}
