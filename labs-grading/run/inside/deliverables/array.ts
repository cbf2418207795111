import type { HandedInKind } from './kind.ts';

/** An array: as many values of one byte as the largest text of the codec holds. */
export const array: HandedInKind<'array'> = { caps: { values: 48 * 2 ** 20 } };
