import type { LabGrades, QuestionGrade, StudentGrade } from '../records.ts';
import { hasSum } from '../standing.ts';

/** What became another grade. `undefined` stands for a question or a student that was not there. */
export interface Change {
  readonly student: string;
  /** undefined: the student's total. */
  readonly question?: string;
  readonly before: Mark | undefined;
  readonly after: Mark | undefined;
}

export interface Mark {
  readonly score: number;
  readonly maximum: number;
  readonly state?: string;
}

const mark = ({ score, maximum, state }: QuestionGrade): Mark => ({ score, maximum, state });

/** Whether a grade can be compared: what was handed in but is not graded, or with another version of the lab, has none. */
const total = (grade: StudentGrade | undefined): Mark | undefined =>
  grade && hasSum(grade) ? { score: grade.score, maximum: grade.maximum } : undefined;

const same = (a: Mark | undefined, b: Mark | undefined): boolean =>
  a?.score === b?.score && a?.maximum === b?.maximum && a?.state === b?.state;

/** What differs between two sets of grades, per student and question; a student's total follows where it differs. */
export function gradeDiff(before: LabGrades | undefined, after: LabGrades): Change[] {
  const ids = new Set([...(before?.students ?? []), ...after.students].map(({ student }) => student.id));
  const find = (grades: LabGrades | undefined, id: string) => grades?.students.find(({ student }) => student.id === id);
  return [...ids].sort().flatMap(id => studentDiff(id, find(before, id), find(after, id)));
}

function studentDiff(student: string, before: StudentGrade | undefined, after: StudentGrade | undefined): Change[] {
  const names = new Set([...(before?.questions ?? []), ...(after?.questions ?? [])].map(({ question }) => question));
  const markOf = (grade: StudentGrade | undefined, name: string): Mark | undefined => {
    const found = total(grade) && grade?.questions.find(({ question }) => question === name);
    return found && mark(found);
  };
  const changes = [...names].map(question => ({ student, question, before: markOf(before, question), after: markOf(after, question) }));
  const sum: Change = { student, before: total(before), after: total(after) };
  return [...changes, sum].filter(change => !same(change.before, change.after));
}
