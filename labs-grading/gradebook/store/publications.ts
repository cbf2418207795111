import { createHash } from 'node:crypto';
import type { GradingRecord, LabGrades, StudentGrade } from '../records.ts';
import { corrupt } from './database.ts';
import type { Row } from './tables.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Published grades as text. Gradings are never changed, so their reports need not be written a second time. */
export function publishedBody(grades: LabGrades): { body: string; digest: string } {
  const students = grades.students.map(({ grading, ...student }) => ({ ...student, ...(grading && { attempt: grading.id }) }));
  const body = JSON.stringify({ ...grades, students });
  return { body, digest: sha256(body) };
}

/** Published grades with their reports again. @throws GraderError `gradebook/corrupt` */
export function published(row: Row, path: string, gradings: (submission: number) => readonly GradingRecord[]): LabGrades {
  const body = row.grades as string;
  if (sha256(body) !== row.digest) throw corrupt(path, `publication ${row.id} is not what was written`);
  type Stored = Omit<StudentGrade, 'grading'> & { attempt?: number };
  const grades = JSON.parse(body) as Omit<LabGrades, 'students'> & { students: Stored[] };
  const students = grades.students.map(({ attempt, ...student }): StudentGrade => {
    const found = student.submission && gradings(student.submission.id).find(({ id }) => id === attempt);
    return { ...student, ...(found && { grading: found }) };
  });
  return { ...grades, students };
}
