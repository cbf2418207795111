import { createHash } from 'node:crypto';
import { type Cell, markOf } from './cells.ts';

/**
 * nbgrader's checksum of a marked cell: md5 over source, cell type, the flags grade, solution and locked as Python writes them, grade id
 * and, for graded cells, the points as a Python float. `locked` is derived: an answer is never locked, a check always.
 */
export function checksumOf(cell: Cell): string | undefined {
  const mark = markOf(cell);
  if (!mark) return undefined;
  const locked = mark.solution ? false : mark.grade || mark.locked;
  const hash = createHash('md5').update(cell.source).update(cell.type);
  for (const flag of [mark.grade, mark.solution, locked]) hash.update(flag ? 'True' : 'False');
  hash.update(mark.grade_id);
  if (mark.grade) hash.update(pythonFloat(mark.points ?? 0));
  return hash.digest('hex');
}

/** A number as Python's `str(float(x))` writes it: 1 → 1.0, 2.5 → 2.5, 1e-5 → 1e-05. */
function pythonFloat(value: number): string {
  if (value !== 0 && (value < 1e-4 || value >= 1e16)) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
