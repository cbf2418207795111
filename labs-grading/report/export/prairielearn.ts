import type { LabGrades, StudentGrade } from '../../gradebook/records.ts';
import { isSettled, standingOf, standingText } from '../../gradebook/standing.ts';
import { feedbackOf } from '../feedback/feedback.ts';
import { clean } from '../page/clean.ts';
import { type Exporter, rounded } from './exported.ts';
import { atMost, questionText } from './question-text.ts';

/** PrairieLearn takes a results.json of 1 MB at most. */
const limitBytes = 1_000_000;

export interface PrairieLearnResults {
  readonly gradable: boolean;
  /** Share of the points, 0 to 1. */
  readonly score?: number;
  readonly format_errors?: readonly string[];
  readonly message?: string;
  readonly tests?: readonly { readonly name: string; readonly points: number; readonly max_points: number; readonly output: string }[];
}

/** One student's results.json. Every test carries points: one without them would hide those of all. */
export function prairieLearnResults(grades: LabGrades, grade: StudentGrade): PrairieLearnResults {
  if (!grade.submission) return { gradable: false, format_errors: ['Nothing was handed in.'] };
  if (!isSettled(grade)) return { gradable: false, format_errors: whyNot(grade) };
  const feedback = feedbackOf(grades, grade);
  const score = grade.maximum > 0 ? Math.min(1, Math.max(0, grade.score / grade.maximum)) : 0;
  const message = grade.latePenalty > 0 ? `${rounded(grade.latePenalty)} points off: ${grade.lateReason ?? 'late'}` : undefined;
  const shortened = (limit: number): PrairieLearnResults => ({
    gradable: true,
    score: rounded(score),
    ...(message !== undefined && { message }),
    tests: feedback.questions.map(question => ({
      name: question.title || question.id,
      points: rounded(question.score),
      max_points: rounded(question.maximum),
      output: atMost(questionText(question), limit),
    })),
  });
  const fits = [100_000, 20_000, 2_000, 200].map(shortened).find(results => Buffer.byteLength(JSON.stringify(results)) <= limitBytes);
  return fits ?? shortened(0);
}

/** Why a submission has no score, for its student. */
function whyNot(grade: StudentGrade): string[] {
  const { handIn, anomalies = [] } = grade.grading?.report ?? {};
  const found = anomalies.flatMap(({ kind, detail }) => (kind === handIn ? [clean(detail)] : []));
  return [`No grade yet: ${standingText(standingOf(grade))}.`, ...found];
}

/** STUDENT/results.json for everyone. */
export const exportPrairieLearn: Exporter = grades => ({
  files: grades.students.map(grade => ({
    name: `${grade.student.id}/results.json`,
    content: `${JSON.stringify(prairieLearnResults(grades, grade), null, 1)}\n`,
  })),
  notes: [],
});
