import { GraderError } from '../base/grader-error.ts';
import type { Cell } from './cells.ts';
import { formatNotebook, type VersionPin } from './nbformat.ts';
import { addChecksums } from './passes/checksums.ts';
import { clearSolutions } from './passes/clear-solutions.ts';
import { lockCells } from './passes/lock-cells.ts';
import { parsePercent } from './percent.ts';
import { regionProblems } from './regions.ts';

type Pass = (cells: readonly Cell[]) => Cell[];

/** From a lab's cells to the student's, in this order: checksums are of what the student gets. */
export const studentPasses: readonly Pass[] = [clearSolutions, lockCells, addChecksums];

/** The cells of a lab's text source, with well-formed regions. @throws GraderError otherwise. */
export function labCells(text: string, file: string): Cell[] {
  const cells = parsePercent(text, file);
  const problems = regionProblems(cells, file);
  if (problems.length > 0) throw new GraderError('lab/problems', problems);
  return cells;
}

/** The student's notebook as JSON text: solutions cleared, cells locked, checksums written, no outputs; with the version it is of, if given. */
export function studentNotebook(text: string, file: string, pin?: VersionPin): string {
  return formatNotebook(
    studentPasses.reduce((cells, pass) => pass(cells), labCells(text, file)),
    pin,
  );
}

/** The notebook with its solutions in; with the version it is of, if given. */
export function solutionNotebook(text: string, file: string, pin?: VersionPin): string {
  return formatNotebook(addChecksums(lockCells(labCells(text, file))), pin);
}
