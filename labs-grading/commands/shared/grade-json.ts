import type { StudentGrade } from '../../gradebook/records.ts';

/** A student's grade under the names that our JSON has: `attempt` is the grading that counts. */
export const gradeJson = ({ student, submission, grading, ...rest }: StudentGrade): object => ({
  student,
  ...(submission && { submission }),
  ...(grading && { attempt: grading }),
  ...rest,
});
