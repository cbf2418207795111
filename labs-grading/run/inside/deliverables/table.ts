import type { HandedInKind } from './kind.ts';

/** A table: as many values as the codec takes. */
export const table: HandedInKind<'table'> = { caps: { cells: 1_000_000 } };
