import { isGradable } from '../../run/submission-report.ts';
import type { LabGrades } from '../records.ts';

/** What keeps a lab from being finished, in plain lines: no attempt, our own fault, or an answer that waits for a person. */
export function unfinished({ students }: LabGrades): string[] {
  return students.flatMap(({ student, submission, attempt, questions }) => {
    if (!submission) return [];
    if (!attempt) return [`${student.id}: not graded yet`];
    const waiting = questions
      .filter(({ state }) => state === 'needs manual')
      .map(({ question }) => `${student.id}: ${question} needs manual grading`);
    const settled = questions.every(({ state }) => state !== 'not gradable');
    return isGradable(attempt.report) || settled ? waiting : [`${student.id}: not gradable`, ...waiting];
  });
}
