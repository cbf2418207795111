import { decode } from '../decode.ts';
import type { Wire, WireLimits } from '../wire.ts';
import type { DeliverableKind, Saved } from './kind.ts';

const format = 'tinylab deliverable';
const version = 1;

/** Whether JSON is that of a value in the codec's form, of whatever kind. */
export const isValueFile = (fields: { readonly format?: unknown; readonly version?: unknown }): boolean =>
  fields.format === format && fields.version === version;

/** A kind that is one file, NAME.json, with the value in the codec's form. `check` compares it with the caps before it is read. */
export function valueFile<Caps>(
  holds: (wire: Wire) => boolean,
  check: (saved: Saved, caps: Caps) => { readonly limits?: WireLimits } | undefined,
): DeliverableKind<Caps> {
  return {
    holds,
    wrote: fields => isValueFile(fields) && holds(fields.value as Wire),
    encode: (_, wire) => [['.json', JSON.stringify({ format, version, value: wire })]],
    decode: (saved, caps) => decode(saved.fields.value, check(saved, caps)),
  };
}
