import type { SubmissionReport } from '../../run/submission-report.ts';

/** A report in which some questions were asked again, and the rest is as it was. */
export function withQuestion(before: SubmissionReport, again: SubmissionReport): SubmissionReport {
  if (again.notGradable !== undefined) return { ...before, notGradable: again.notGradable };
  const asked = new Map(again.questions.map(report => [report.question, report]));
  const known = new Set(before.questions.map(({ question }) => question));
  const added = again.questions.filter(({ question }) => !known.has(question));
  const questions = [...before.questions.map(report => asked.get(report.question) ?? report), ...added];
  const sum = (of: (report: (typeof questions)[number]) => number): number => questions.reduce((total, report) => total + of(report), 0);
  const { notGradable: _, ...rest } = before;
  const askedWith = { ...before.askedWith, ...again.askedWith };
  return { ...rest, askedWith, questions, points: sum(({ points }) => points), score: sum(({ score }) => score) };
}
