/** Cell metadata of nbgrader, version 3. */
export interface GradeMark {
  readonly grade: boolean;
  readonly grade_id: string;
  readonly locked: boolean;
  readonly schema_version: 3;
  readonly solution: boolean;
  readonly points?: number;
  readonly task?: boolean;
  readonly checksum?: string;
}

/** A cell of a lab or a notebook. Its source has no trailing blank line. */
export interface Cell {
  readonly type: 'code' | 'markdown' | 'raw';
  readonly source: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Line of the text source where the cell's first line stands, from 1. */
  readonly line?: number;
}

/** What a cell is for: the student's answer, a check with points, a written answer graded by hand, a given cell, or anything else. */
export type Role = 'answer' | 'check' | 'manual' | 'given' | 'free';

/** The cell's mark, where it has one. */
export function markOf(cell: Cell): GradeMark | undefined {
  return cell.metadata.nbgrader as GradeMark | undefined;
}

/** The role that a cell's mark gives it. */
export function roleOf(cell: Cell): Role {
  const mark = markOf(cell);
  if (!mark) return 'free';
  if (mark.solution) return mark.grade ? 'manual' : 'answer';
  if (mark.grade) return 'check';
  return mark.locked ? 'given' : 'free';
}

/** Name of a cell in messages: its grade id, else its number from 1. */
export function cellName(cell: Cell, index: number): string {
  return markOf(cell)?.grade_id ?? String(index + 1);
}

/** The same cell with another mark. */
export function withMark(cell: Cell, mark: GradeMark): Cell {
  return { ...cell, metadata: { ...cell.metadata, nbgrader: mark } };
}

/** The code cells, as a kernel runs them. */
export function runnable(cells: readonly Cell[]): { name: string; source: string; line?: number }[] {
  return cells.flatMap((cell, index) =>
    cell.type === 'code' ? [{ name: cellName(cell, index), source: cell.source, ...(cell.line !== undefined && { line: cell.line }) }] : [],
  );
}
