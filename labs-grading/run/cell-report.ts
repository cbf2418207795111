import { type Fault, hintOf } from 'tinylab/grading';
import type { RunCell } from '../lab/rebuild.ts';

export type CellState = 'done' | 'error' | 'compile error' | 'timeout' | 'memory' | 'output limit' | 'crashed' | 'not run';

/** What came of one cell. Text is the student's or the compiler's; it is shown, never read. */
export interface CellReport {
  readonly id: string;
  readonly state: CellState;
  readonly message?: string;
  readonly where?: string;
  readonly output?: string;
  /** Names that the cell asked `staff` for. */
  readonly staff?: readonly string[];
}

/**
 * Why a name is missing: the cell that should define it failed, and that says more than "not defined". The answer cell of the question
 * comes first, then any failed cell that mentions the name.
 */
export function whyMissing(
  name: string,
  cells: readonly RunCell[],
  about: { question: string; reports: ReadonlyMap<string, CellReport> },
): Fault | undefined {
  const mentions = new RegExp(`\\b${name.replace(/[^\w$]/g, '')}\\b`);
  const failed = cells.filter(({ id }) => about.reports.get(id)?.state !== 'done');
  const cell = failed.find(({ id }) => id === about.question) ?? failed.find(({ source }) => mentions.test(source));
  const report = cell && about.reports.get(cell.id);
  if (!report) return undefined;
  if (report.staff?.includes(name)) {
    return { kind: 'staff', message: `${name} is the library's version, not yours.`, hint: hintOf('staff', name) as string };
  }
  const kind = report.state === 'error' ? 'threw' : report.state;
  const message = `The cell that should define ${name} ended with: ${report.message ?? report.state}`;
  return { kind: kind as Fault['kind'], message, ...(report.where && { where: report.where }) };
}
