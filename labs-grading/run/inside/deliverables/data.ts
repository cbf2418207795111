import type { HandedInKind } from './kind.ts';

/** Text, lists, records. */
export const data: HandedInKind<'data'> = { caps: { depth: 32, bytes: 64 * 2 ** 20, values: 1_000_000 } };
