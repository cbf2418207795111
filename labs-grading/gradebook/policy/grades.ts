import type { LabGrades } from '../records.ts';
import { hasSum } from '../standing.ts';

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

/**
 * Grades without times, hosts, our own faults' text or anything that a student wrote; sorted by student and question. Who handed something in
 * that is not graded yet, or with another version of the lab, or cannot be read, is left out: that is no 0.
 */
export function gradesOf({ lab, students }: LabGrades): Grades {
  const graded = students.filter(hasSum);
  const rows = graded.map(({ student, score, maximum, latePenalty, questions }) => ({
    student: student.id,
    score,
    maximum,
    latePenalty,
    questions: questions
      .map(grade => ({
        question: grade.question,
        score: grade.score,
        maximum: grade.maximum,
        state: grade.state,
        checks: grade.items.map(({ id, passed, reason }) => ({ id, passed, message: reason })),
      }))
      .sort(byName(({ question }) => question)),
  }));
  return { lab, students: rows.sort(byName(({ student }) => student)) };
}

/** Canonical text of grades: `grades.json`. Keys are written in the order of the type, so equal grades are equal bytes. */
export function canonical(grades: Grades): string {
  return `${JSON.stringify(grades, null, 1)}\n`;
}
