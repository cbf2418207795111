import type { HandedInKind } from './kind.ts';

/** A number. One that is not finite is an answer too, and a wrong one: the check says so. */
export const number: HandedInKind<'number'> = { caps: { finite: false } };
