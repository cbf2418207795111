import type { Wire } from 'tinylab/grading';
import type { Incoming } from '../port.ts';
import { array } from './array.ts';
import { data } from './data.ts';
import type { Caps, HandedInKind } from './kind.ts';
import { model } from './model.ts';
import { number } from './number.ts';
import { program } from './program.ts';
import { table } from './table.ts';

/** Every kind of the library, with what the grader takes of it. */
export const handedInKinds: { readonly [Name in keyof Required<Caps>]: HandedInKind<Name> } = {
  model,
  program,
  array,
  table,
  number,
  data,
};

const all: readonly HandedInKind<keyof Caps>[] = Object.values(handedInKinds);

/** What a deliverable of each kind may hold. */
export const caps: Caps = Object.fromEntries(Object.entries(handedInKinds).map(([name, kind]) => [name, kind.caps]));

/** Who answers a request that is asked of one kind only. */
export const asked = (op: string): ((request: Incoming) => Wire) | undefined =>
  all.find(({ asks }) => asks && Object.hasOwn(asks, op))?.asks?.[op];
