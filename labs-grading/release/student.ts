import { readFileSync } from 'node:fs';
import { GraderError } from '../base/grader-error.ts';
import { shown } from '../base/project.ts';
import type { Cell } from './cells.ts';
import type { LabFiles } from './lab-files.ts';
import { formatNotebook, type VersionPin } from './nbformat.ts';
import { addChecksums } from './passes/checksums.ts';
import { clearSolutions } from './passes/clear-solutions.ts';
import { lockCells } from './passes/lock-cells.ts';
import { isShort, writeOut } from './passes/write-out.ts';
import { parsePercent } from './percent.ts';
import { questionHeads } from './question-facts.ts';
import { regionProblems } from './regions.ts';

type Pass = (cells: readonly Cell[]) => Cell[];

/** Where a lab's text and questions lie. */
export type LabText = Pick<LabFiles, 'source' | 'checks'>;

/** From a lab's cells to the student's, in this order: checksums are of what the student gets. */
export const studentPasses: readonly Pass[] = [clearSolutions, lockCells, addChecksums];

/** The cells of a lab's text source, with what follows from checks.ts written out and well-formed regions. @throws GraderError otherwise. */
export function labCells({ source, checks }: LabText): Cell[] {
  const file = shown(source);
  const read = parsePercent(readFileSync(source, 'utf8'), file);
  const { cells, problems } = isShort(read) ? writeOut(read, questionHeads(checks), file) : { cells: read, problems: [] };
  const all = [...problems, ...regionProblems(cells, file)];
  if (all.length > 0) throw new GraderError('lab/problems', all);
  return cells;
}

/** The student's notebook as JSON text: solutions cleared, cells locked, checksums written, no outputs; with the version it is of, if given. */
export const studentNotebook = (lab: LabText, pin?: VersionPin): string => cleared(labCells(lab), pin);

/** Cells with solutions as the student's notebook. */
export function cleared(cells: readonly Cell[], pin?: VersionPin): string {
  return formatNotebook(
    studentPasses.reduce((before, pass) => pass(before), [...cells]),
    pin,
  );
}

/** The notebook with its solutions in; with the version it is of, if given. */
export const solutionNotebook = (lab: LabText, pin?: VersionPin): string => solved(labCells(lab), pin);

/** Cells with solutions as the notebook of a student who has solved them. */
export const solved = (cells: readonly Cell[], pin?: VersionPin): string => formatNotebook(addChecksums(lockCells(cells)), pin);
