import type { LabGrades, StudentGrade } from '../../../gradebook/records.ts';
import { feedbackOf } from '../../feedback/feedback.ts';
import { rounded } from '../exported.ts';
import { atMost, questionText } from '../question-text.ts';

export interface GradescopeResults {
  readonly score: number;
  readonly execution_time?: number;
  readonly output: string;
  readonly output_format: 'text';
  readonly visibility: 'visible';
  /** What programs printed is for instructors. */
  readonly stdout_visibility: 'hidden';
  readonly tests: readonly {
    readonly score: number;
    readonly max_score: number;
    readonly status: 'passed' | 'failed';
    readonly name: string;
    readonly number: string;
    readonly output: string;
    readonly output_format: 'text';
    readonly visibility: 'visible';
  }[];
  readonly extra_data: { readonly lab: string; readonly version: string };
}

/** results.json of one graded student. The score stands on top too, since lateness is of the whole lab. */
export function gradescopeResults(grades: LabGrades, grade: StudentGrade): GradescopeResults {
  const { questions, notes, lateReason, latePenalty } = feedbackOf(grades, grade);
  const late = latePenalty > 0 ? [`${rounded(latePenalty)} points off: ${lateReason ?? 'late'}`] : [];
  return {
    score: rounded(grade.score),
    ...(grade.grading && { execution_time: Math.round(grade.grading.wallMs / 1000) }),
    output: [...late, ...notes].join('\n'),
    output_format: 'text',
    visibility: 'visible',
    stdout_visibility: 'hidden',
    tests: questions.map((question, i) => ({
      score: rounded(question.score),
      max_score: rounded(question.maximum),
      status: question.score >= question.maximum ? 'passed' : 'failed',
      name: question.title || question.id,
      number: String(i + 1),
      output: atMost(questionText(question), 50_000),
      output_format: 'text',
      visibility: 'visible',
    })),
    extra_data: { lab: grades.lab, version: grades.version },
  };
}
