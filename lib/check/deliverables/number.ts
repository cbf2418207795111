import { type DeliverableKind, kindOf, refused } from './kind.ts';
import { valueFile } from './value-file.ts';

/** What a number may be. */
export interface NumberCaps {
  /** Refuse NaN and infinities; default false. */
  readonly finite?: boolean;
}

/** One number. */
export const number: DeliverableKind<NumberCaps> = valueFile(
  wire => typeof wire === 'number' || kindOf(wire) === 'number',
  ({ name, fields }, { finite = false }) => {
    const special = (fields.value as { readonly value?: unknown }).value;
    if (finite && special !== undefined && special !== '-0') throw refused(`${name}.json holds ${special}; a finite number is needed.`);
    return undefined;
  },
);
