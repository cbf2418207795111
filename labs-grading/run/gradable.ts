import type { SubmissionReport } from './grade-notebook.ts';

/** False where our own fault kept something from being graded. Such a report is tried again and never reused. */
export function isGradable({ notGradable, questions }: SubmissionReport): boolean {
  return notGradable === undefined && questions.every(({ state }) => state !== 'not gradable');
}
