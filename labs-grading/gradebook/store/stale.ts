import { GraderError } from '../../base/grader-error.ts';
import type { ManualRecord } from '../records.ts';
import type { ManualEdit } from './contract.ts';

/** Two people graded the same answer: the second is told before anything of the first is lost. */
export function stale({ student, question }: ManualEdit, latest: ManualRecord | undefined): GraderError {
  const who = latest ? `${latest.grader} changed it at ${latest.at}` : 'nobody has graded it';
  return new GraderError(
    'gradebook/stale',
    `The grade of ${student} for ${question} is another one by now: ${who}.`,
    'Look at the present one, then change it again.',
  );
}
