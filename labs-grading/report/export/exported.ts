import type { LabGrades, StudentGrade } from '../../gradebook/records.ts';

/** What an export writes, and what a person should know before uploading it. */
export interface Exported {
  readonly files: readonly { readonly name: string; readonly content: Buffer | string; readonly program?: boolean }[];
  readonly notes: readonly string[];
}

export interface ExportOptions {
  /** The table that was downloaded from where the grades go. */
  readonly gradebook?: { readonly bytes: Buffer; readonly file: string };
  /** Header of the column to fill, where the lab's name does not find it. */
  readonly column?: string;
  /** What a table calls its columns in another language: `{ grade: 'Bewertung' }`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Writes 0 for students who handed nothing in. */
  readonly zeros?: boolean;
}

export type Exporter = (grades: LabGrades, options: ExportOptions) => Exported;

/** Whether a score may be told: what waits for a grader, a person or a program, is no 0. */
export const isGraded = ({ submission, grading, questions }: StudentGrade): boolean =>
  submission === undefined ||
  (grading !== undefined && questions.every(({ state }) => state !== 'needs manual' && state !== 'not gradable'));

/** The score that leaves the course; undefined where there is none. */
export function scoreOf(grade: StudentGrade, { zeros = false }: ExportOptions = {}): number | undefined {
  const handedIn = grade.submission !== undefined || grade.questions.some(({ override, manual }) => override ?? manual);
  if (!handedIn && !zeros) return undefined;
  return isGraded(grade) ? rounded(grade.score) : undefined;
}

/** Five decimals, as many as Moodle keeps. */
export const rounded = (points: number): number => Number(points.toFixed(5));

/** Names of some students, the first ten of them. */
export const named = (names: readonly string[]): string =>
  `${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;

/** Notes on students whose score was not written. */
export function withoutScore(grades: LabGrades, options: ExportOptions): string[] {
  const ungraded = grades.students.filter(grade => !isGraded(grade)).map(({ student }) => student.id);
  const absent = grades.students.filter(grade => isGraded(grade) && scoreOf(grade, options) === undefined).map(({ student }) => student.id);
  return [
    ...(ungraded.length > 0 ? [`not graded to the end, so without a score: ${named(ungraded)}`] : []),
    ...(absent.length > 0 ? [`handed nothing in, so without a score (--zeros writes 0): ${named(absent)}`] : []),
  ];
}
