import { LabError } from '../../tensor/errors.ts';
import type { Wire } from '../wire.ts';

/** How the files of a deliverable end. The JSON says of which kind it is. */
export type Ending = '.json' | '.safetensors';

/** What the JSON of any deliverable says, before anything of it is checked. */
export interface Fields {
  readonly format?: unknown;
  readonly version?: unknown;
  readonly value?: unknown;
}

/** A deliverable as it lies in a folder, perhaps written by a hostile hand. */
export interface Saved {
  readonly name: string;
  readonly json: Uint8Array;
  readonly fields: Fields;
  /** Content of another of its files. @throws LabError `deliver/missing`, `deliver/refused`. */
  readonly file: (ending: Ending) => Uint8Array;
}

/** One kind of result that a notebook can hand in: how it is told apart, saved and read. Adding a kind is adding a file and its line in `kinds.ts`. */
export interface DeliverableKind<Caps> {
  /** Whether a result, as the codec writes it, is of this kind. */
  readonly holds: (wire: Wire) => boolean;
  /** Whether saved JSON is of this kind. */
  readonly wrote: (fields: Fields) => boolean;
  /** Its files, in the order in which they appear: the JSON comes last. */
  readonly encode: (value: unknown, wire: Wire) => readonly (readonly [ending: Ending, content: Uint8Array | string])[];
  /** The result again; everything is compared with the caps before it is built. */
  readonly decode: (saved: Saved, caps: Caps) => unknown;
}

/** The kind that a tagged value says it has; undefined for a bare one. */
export function kindOf(wire: unknown): unknown {
  return typeof wire === 'object' && wire !== null && 'kind' in wire ? wire.kind : undefined;
}

/** A file that is no deliverable, or not one that may be taken. */
export function refused(message: string): LabError {
  return new LabError('deliver/refused', message, 'Run the cell with deliver() again, and hand in the files that it wrote.');
}

/** @throws LabError `deliver/limit` when `got` exceeds the cap. */
export function assertAtMost(name: string, what: string, { got, cap }: { got: number; cap: number }): void {
  if (got > cap)
    throw new LabError('deliver/limit', `${name}.json holds ${got} ${what}; at most ${cap} are taken.`, 'Deliver a smaller result.');
}
