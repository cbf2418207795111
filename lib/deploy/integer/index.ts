import { LabError } from '../../tensor/errors.ts';
import * as all from './all.ts';
import type { IntegerOp } from './op.ts';

/** The name of an op on integers. A table over them is a `Record<IntegerOpName, …>`. */
export type IntegerOpName = (typeof all)[keyof typeof all]['name'];

/** Every op on integers, one for each file of this folder. */
export const integerOps: readonly IntegerOp<IntegerOpName>[] = Object.values(all) as readonly IntegerOp<
  string,
  never
>[] as readonly IntegerOp<IntegerOpName>[];

const byName: ReadonlyMap<string, IntegerOp<IntegerOpName>> = new Map(integerOps.map(op => [op.name, op]));

/**
 * The op of this name.
 * @throws LabError `deploy/op`.
 */
export function integerOpOf(name: string): IntegerOp<IntegerOpName> {
  const op = byName.get(name);
  if (op) return op;
  throw new LabError('deploy/op', `There is no integer op ${JSON.stringify(name)}.`, `Ops: ${[...byName.keys()].join(', ')}.`);
}
