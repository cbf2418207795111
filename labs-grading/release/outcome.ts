import type { SubmissionReport } from '../run/submission-report.ts';

/** The total, and the points of each question. */
export const scores = ({ score, questions }: SubmissionReport): { score: number; questions: Record<string, number> } => ({
  score,
  questions: Object.fromEntries(questions.map(report => [report.question, report.score])),
});

/** The most that a question can give. */
export const fullMarks = ({ points, bonus = 0 }: { points: number; bonus?: number }): number => points + bonus;

/** Why a known wrong answer counts as missed. */
export function missed(found: SubmissionReport['questions'][number] | undefined, hint: string): string {
  if (!found) return 'there is no such question';
  if (found.score >= fullMarks(found)) return 'it gets full marks';
  const told = found.items.filter(item => !item.passed).map(item => item.hint ?? `(no hint; got ${item.got ?? item.reason})`);
  // An author who gave one case the hint and not the other would not see why.
  const why = told.length > 1 ? '; a known mistake is named where it explains every failed case, so give each of them its wrong value' : '';
  return `it fails (${found.state}) without the hint ${JSON.stringify(hint)}; told: ${[...new Set(told)].join(' | ') || 'nothing'}${why}`;
}
