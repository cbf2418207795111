import type { ProgramFileLimits } from '../../deploy/structure.ts';
import type { ModelLimits } from '../../model/validate.ts';
import type { WireLimits } from '../wire.ts';
import { type ArrayCaps, array } from './array.ts';
import { data } from './data.ts';
import type { DeliverableKind } from './kind.ts';
import { model } from './model.ts';
import { type NumberCaps, number } from './number.ts';
import { program } from './program.ts';
import { type TableCaps, table } from './table.ts';

/** The kinds of results that a notebook can hand in, and what one of each may hold; by default what the library itself takes. */
export interface DeliverableCaps {
  /** Nodes, bytes, values and more of a model, as `decodeModel` takes them. */
  readonly model?: ModelLimits;
  /** Tensors, steps, bytes and MACs of a program of integers, as `decodeProgram` takes them. */
  readonly program?: ProgramFileLimits;
  /** Values of an array. */
  readonly array?: ArrayCaps;
  /** Cells of a table. */
  readonly table?: TableCaps;
  /** Whether a number may be NaN or infinite. */
  readonly number?: NumberCaps;
  /** Depth, bytes and values of any other plain data. */
  readonly data?: Partial<WireLimits>;
}

export type DeliverableKindName = keyof DeliverableCaps;

/** How each kind is saved and read; the first that holds a result is its kind. */
export const deliverableKinds: { readonly [Name in DeliverableKindName]-?: DeliverableKind<NonNullable<DeliverableCaps[Name]>> } = {
  model,
  program,
  array,
  table,
  number,
  data,
};

/** A kind with its name. */
export interface NamedKind {
  readonly name: DeliverableKindName;
  readonly kind: DeliverableKind<object>;
}

/** The first kind that passes the test. */
export function findKind(test: (kind: DeliverableKind<object>) => boolean): NamedKind | undefined {
  const all = Object.entries(deliverableKinds) as [DeliverableKindName, DeliverableKind<object>][];
  const found = all.find(([, kind]) => test(kind));
  return found && { name: found[0], kind: found[1] };
}
