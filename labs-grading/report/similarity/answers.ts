import { existsSync } from 'node:fs';
import { reasonOf } from '../../base/anomaly.ts';
import { handedInNotebook } from '../../collect/intake.ts';
import type { StudentGrade } from '../../gradebook/records.ts';
import type { GradedLab } from '../../lab/labs.ts';
import { rebuild } from '../../lab/rebuild.ts';

/** What one student wrote into answer cells; cells that are as they were handed out are left out. */
export interface Answers {
  readonly student: string;
  readonly cells: readonly { readonly id: string; readonly source: string }[];
}

/** More than this, in all answers together, nobody writes by hand. */
const mostCharacters = 60_000;

/** The answer cells as they were handed out: code that nobody copied from anyone. */
export function stubOf({ pristine }: GradedLab): Answers {
  const { cells } = rebuild(pristine, pristine);
  return { student: '', cells: cells.filter(({ answer }) => answer).map(({ id, source }) => ({ id, source })) };
}

/** A student's own answers, or why there are none. */
export function answersOf(lab: GradedLab, { student, submission }: StudentGrade): Answers | { readonly refused: string } {
  if (!submission) return { refused: 'nothing was handed in' };
  if (!existsSync(submission.folder)) return { refused: `its folder is gone: ${submission.folder}` };
  const notebook = handedInNotebook(submission.folder, lab.id);
  if ('refused' in notebook) return notebook;
  const { cells, untouched, anomalies, handIn } = rebuild(lab.pristine, notebook, lab.migrations);
  if (handIn) return { refused: reasonOf(handIn, anomalies) ?? handIn };
  const own = cells.filter(({ id, answer }) => answer && !untouched.has(id));
  const size = own.reduce((sum, { source }) => sum + source.length, 0);
  if (size > mostCharacters) return { refused: `the answers have ${size} characters; at most ${mostCharacters} are compared` };
  return { student: student.id, cells: own.map(({ id, source }) => ({ id, source })) };
}
