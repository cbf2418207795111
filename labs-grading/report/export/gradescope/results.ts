import type { LabGrades, StudentGrade } from '../../../gradebook/records.ts';
import { hasSum, isSettled, isWaiting, standingOf, standingText } from '../../../gradebook/standing.ts';
import { feedbackOf } from '../../feedback/feedback.ts';
import { rounded } from '../exported.ts';
import { atMost, questionText } from '../question-text.ts';

export interface GradescopeResults {
  /** Absent where nothing is settled: Gradescope then asks for a score, and takes none for 0. */
  readonly score?: number;
  readonly execution_time?: number;
  readonly output: string;
  readonly output_format: 'text';
  readonly visibility: 'visible';
  /** What programs printed is for instructors. */
  readonly stdout_visibility: 'hidden';
  readonly tests: readonly {
    /** Absent, as is the status, where the question waits. */
    readonly score?: number;
    readonly max_score: number;
    readonly status?: 'passed' | 'failed';
    readonly name: string;
    readonly number: string;
    readonly output: string;
    readonly output_format: 'text';
    readonly visibility: 'visible';
  }[];
  readonly extra_data: { readonly lab: string; readonly version: string };
}

/**
 * results.json of one student. The score stands on top, since lateness is of the whole lab, and since Gradescope wants one there or on every
 * test (https://gradescope-autograders.readthedocs.io/en/latest/specs/): where some questions wait it is what the others give, and the text on
 * top says so. Where there is no sum there is no score at all.
 */
export function gradescopeResults(grades: LabGrades, grade: StudentGrade): GradescopeResults {
  const { questions, notes, lateReason, latePenalty } = feedbackOf(grades, grade);
  const standing = standingText(standingOf(grade));
  const open = isSettled(grade)
    ? []
    : [hasSum(grade) ? `No grade yet, only the score of what is settled: ${standing}.` : `No grade yet: ${standing}.`];
  const waits = new Set(grade.questions.filter(one => !hasSum(grade) || isWaiting(one)).map(({ question }) => question));
  const late = latePenalty > 0 ? [`${rounded(latePenalty)} points off: ${lateReason ?? 'late'}`] : [];
  return {
    ...(hasSum(grade) && { score: rounded(grade.score) }),
    ...(grade.grading && { execution_time: Math.round(grade.grading.wallMs / 1000) }),
    output: [...open, ...late, ...notes].join('\n'),
    output_format: 'text',
    visibility: 'visible',
    stdout_visibility: 'hidden',
    tests: questions.map((question, i) => ({
      ...(!waits.has(question.id) && { score: rounded(question.score), status: question.score >= question.maximum ? 'passed' : 'failed' }),
      max_score: rounded(question.maximum),
      name: question.title || question.id,
      number: String(i + 1),
      output: atMost(questionText(question), 50_000),
      output_format: 'text',
      visibility: 'visible',
    })),
    extra_data: { lab: grades.lab, version: grades.version },
  };
}
