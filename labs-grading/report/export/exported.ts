import { named } from '../../base/text.ts';
import type { LabGrades, StudentGrade } from '../../gradebook/records.ts';
import { isSettled, standingOf, standingText } from '../../gradebook/standing.ts';

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

/** The score that leaves the course; undefined where there is none. */
export function scoreOf(grade: StudentGrade, { zeros = false }: ExportOptions = {}): number | undefined {
  const handedIn = grade.submission !== undefined || grade.questions.some(({ override, manual }) => override ?? manual);
  if (!handedIn && !zeros) return undefined;
  return isSettled(grade) ? rounded(grade.score) : undefined;
}

/** Five decimals, as many as Moodle keeps. */
export const rounded = (points: number): number => Number(points.toFixed(5));

/** Notes on students whose score was not written. */
export function withoutScore(grades: LabGrades, options: ExportOptions): string[] {
  const open = Map.groupBy(
    grades.students.filter(grade => !isSettled(grade)),
    grade => standingText(standingOf(grade)),
  );
  const absent = grades.students
    .filter(grade => isSettled(grade) && scoreOf(grade, options) === undefined)
    .map(({ student }) => student.id);
  return [
    ...[...open].map(([why, of]) => `without a score, ${why}: ${named(of.map(({ student }) => student.id))}`),
    ...(absent.length > 0 ? [`handed nothing in, so without a score (--zeros writes 0): ${named(absent)}`] : []),
  ];
}
