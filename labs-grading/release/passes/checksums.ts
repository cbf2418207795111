import { type Cell, markOf, withMark } from '../cells.ts';
import { checksumOf } from '../checksum.ts';

/** Writes each marked cell's checksum and type into its mark. */
export function addChecksums(cells: readonly Cell[]): Cell[] {
  return cells.map(cell => {
    const mark = markOf(cell);
    return mark ? withMark(cell, { ...mark, ...({ cell_type: cell.type } as object), checksum: checksumOf(cell) }) : cell;
  });
}
