import { LabError } from '../../tensor/errors.ts';
import { add } from './add.ts';
import { batchNorm } from './batch-norm.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { flatten } from './flatten.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { input } from './input.ts';
import { maxPool } from './max-pool.ts';
import type { Op } from './op.ts';
import { relu } from './relu.ts';

/** Every op, one for each file of this folder. */
export const ops: readonly Op[] = [add, batchNorm, conv2d, dense, flatten, globalAveragePool, input, maxPool, relu] as readonly Op[];

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
