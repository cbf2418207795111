import { type Cell, roleOf } from '../cells.ts';

/** Makes answers undeletable, and checks and given cells read-only as well, in JupyterLab's terms. */
export function lockCells(cells: readonly Cell[]): Cell[] {
  return cells.map(cell => {
    const role = roleOf(cell);
    if (role === 'free') return cell;
    const readOnly = role === 'check' || role === 'given' ? { editable: false } : {};
    return { ...cell, metadata: { ...cell.metadata, deletable: false, ...readOnly } };
  });
}
