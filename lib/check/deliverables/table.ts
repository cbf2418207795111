import { assertAtMost, type DeliverableKind, kindOf } from './kind.ts';
import { valueFile } from './value-file.ts';

/** What a table may hold. */
export interface TableCaps {
  /** Values in all columns together; by default as many as the codec takes. */
  readonly cells?: number;
}

/** A table: columns with names, all of one length. */
export const table: DeliverableKind<TableCaps> = valueFile(
  wire => kindOf(wire) === 'table',
  ({ name, fields }, { cells = Infinity }) => {
    const columns = listIn(fields.value, 'columns');
    const lengths = columns.map(entry => listIn(Array.isArray(entry) ? entry[1] : undefined, 'items').length);
    assertAtMost(name, 'cells', { got: lengths.reduce((sum, length) => sum + length, 0), cap: cells });
    return undefined;
  },
);

/** The list in a field; what has none is empty here, and malformed to the codec. */
function listIn(value: unknown, field: string): readonly unknown[] {
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
  return Array.isArray(list) ? list : [];
}
