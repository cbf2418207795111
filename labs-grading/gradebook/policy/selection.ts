import { GraderError } from '../../base/grader-error.ts';
import type { SubmissionRecord } from '../../collect/records.ts';
import type { LabGrades, StudentGrade } from '../records.ts';
import { type LabSettings, mayCount } from './settings.ts';

/** Which part of a class to grade. */
export type Only =
  | { readonly kind: 'failed' }
  | { readonly kind: 'flaky' }
  | { readonly kind: 'question'; readonly name: string }
  | { readonly kind: 'student'; readonly name: string };

/** Reads `failed`, `flaky`, `question=Q` or `student=S`; undefined for anything else. */
export function parseOnly(text: string): Only | undefined {
  if (text === 'failed' || text === 'flaky') return { kind: text };
  const [, kind, name] = /^(question|student)=(.+)$/.exec(text) ?? [];
  return kind && name ? { kind: kind as 'question' | 'student', name } : undefined;
}

/** The submissions that may count: one per student, or all where the best counts. */
export function submissionsToGrade(submissions: readonly SubmissionRecord[], settings: LabSettings): SubmissionRecord[] {
  if (settings.count === 'best') return [...submissions];
  const byStudent = Map.groupBy(submissions, ({ student }) => student);
  return [...byStudent.values()].flatMap(own => mayCount(own, settings));
}

/** Those of the submissions that are asked for. @throws GraderError `gradebook/unknown` for a name that nobody has. */
export function selected(submissions: readonly SubmissionRecord[], only: Only | undefined, grades: LabGrades): SubmissionRecord[] {
  if (only === undefined) return [...submissions];
  if (only.kind === 'question') {
    assertQuestion(grades, only.name);
    return [...submissions];
  }
  if (only.kind === 'student') {
    assertStudent(grades, only.name);
    return submissions.filter(({ student }) => student === only.name);
  }
  const wanted = new Set(grades.students.filter(only.kind === 'failed' ? isFailed : isFlaky).map(({ student }) => student.id));
  return submissions.filter(({ student }) => wanted.has(student));
}

const isFailed = ({ grading }: StudentGrade): boolean => grading?.report.questions.some(({ state }) => state !== 'passed') ?? true;
const isFlaky = ({ grading }: StudentGrade): boolean => grading?.report.anomalies.some(({ kind }) => kind === 'flaky') ?? false;

/** @throws GraderError `gradebook/unknown` */
export function assertQuestion({ lab, questions }: LabGrades, question: string): void {
  if (!questions.some(known => known.question === question))
    throw unknown(
      `question ${JSON.stringify(question)}`,
      lab,
      questions.map(known => known.question),
    );
}

/** @throws GraderError `gradebook/unknown` */
export function assertStudent({ lab, students }: LabGrades, student: string): void {
  if (!students.some(known => known.student.id === student))
    throw unknown(
      `student ${JSON.stringify(student)}`,
      lab,
      students.map(known => known.student.id),
    );
}

function unknown(what: string, lab: string, known: readonly string[]): GraderError {
  const shown = known.slice(0, 12).join(', ') + (known.length > 12 ? `, … (${known.length} in all)` : '');
  return new GraderError('gradebook/unknown', `There is no ${what} in ${lab}.`, `Known are: ${shown || 'none yet'}.`);
}
