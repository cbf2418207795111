import { LabError } from '../../tensor/errors.ts';
import * as all from './all.ts';
import type { Op } from './op.ts';

/** Any op of the library, with its own name and attributes. */
export type AnyOp = (typeof all)[keyof typeof all];

/** The name of an op. A table over ops is a `Record<OpName, …>`, so that the compiler tells where a new op is missing. */
export type OpName = AnyOp['name'];

/** The name of an activation function. */
export type ActivationName = Extract<AnyOp, { readonly activation: true }>['name'];

/** Every op, one for each file of this folder. */
export const ops: readonly Op<OpName>[] = Object.values(all) as readonly Op<string, never>[] as readonly Op<OpName>[];

const byName: ReadonlyMap<string, Op<OpName>> = new Map(ops.map(op => [op.name, op]));

/**
 * The op of this name.
 * @throws LabError `model/op`.
 */
export function opOf(name: string): Op<OpName> {
  const op = byName.get(name);
  if (op) return op;
  throw new LabError('model/op', `There is no op ${JSON.stringify(name)}.`, `Ops: ${[...byName.keys()].join(', ')}.`);
}
