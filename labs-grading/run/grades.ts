import type { StudentResult } from './grade-folder.ts';

/** The grades and nothing else: two runs agree exactly when this text is the same, byte for byte. */
export interface Grades {
  readonly lab: string;
  readonly students: readonly {
    readonly student: string;
    readonly score: number;
    readonly maximum: number;
    readonly latePenalty: number;
    readonly questions: readonly {
      readonly question: string;
      readonly score: number;
      readonly maximum: number;
      readonly state: string;
      readonly checks: readonly { readonly id: string; readonly passed: boolean; readonly message: string }[];
    }[];
  }[];
}

const byName =
  <T>(name: (value: T) => string) =>
  (a: T, b: T): number =>
    name(a) < name(b) ? -1 : 1;

/** Grades without times, hosts, our own faults' text or anything that a student wrote; sorted by student and question. */
export function gradesOf(lab: string, results: readonly StudentResult[]): Grades {
  const students = results.map(({ student, report }) => ({
    student,
    score: report.score,
    maximum: report.points,
    latePenalty: 0,
    questions: report.questions
      .map(({ question, score, points, state, items }) => ({
        question,
        score,
        maximum: points,
        state,
        checks: items.map(({ id, passed, reason }) => ({ id, passed, message: reason })),
      }))
      .sort(byName(({ question }) => question)),
  }));
  return { lab, students: students.sort(byName(({ student }) => student)) };
}

/** Canonical text of grades: `grades.json`. Keys are written in the order of the type, so equal grades are equal bytes. */
export function canonical(grades: Grades): string {
  return `${JSON.stringify(grades, null, 1)}\n`;
}
