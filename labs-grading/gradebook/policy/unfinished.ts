import { isGradable } from '../../run/submission-report.ts';
import type { LabGrades } from '../records.ts';

/** What keeps a lab from being finished, in plain lines: no grading, our own fault, or an answer that waits for a person. */
export function unfinished({ students }: LabGrades): string[] {
  return students.flatMap(({ student, submission, grading, questions }) => {
    if (!submission) return [];
    if (!grading) return [`${student.id}: not graded yet`];
    const waiting = questions
      .filter(({ state }) => state === 'needs manual')
      .map(({ question }) => `${student.id}: ${question} needs manual grading`);
    const settled = questions.every(({ state }) => state !== 'not gradable');
    return isGradable(grading.report) || settled ? waiting : [`${student.id}: not gradable`, ...waiting];
  });
}
