/**
 * What came of a cell. `value` is the awaited value of its last expression, if that is its last statement. Names that had a value when an
 * error or an interrupt ended the cell stay; `missing` are the others, and undefined for a cell that did not start.
 */
export type CellOutcome =
  | { readonly ok: true; readonly value?: unknown }
  | { readonly ok: false; readonly error: unknown; readonly missing?: readonly string[] };
