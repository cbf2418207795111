import type { LabGrades, StudentGrade } from '../records.ts';
import { isWaiting, standingOf, standingText } from '../standing.ts';

/** What keeps a lab from being finished, in plain lines: no grading, one of another version, our own fault, or an answer that waits for a person. */
export function unfinished({ students }: LabGrades): string[] {
  return students.flatMap(grade => {
    const standing = standingOf(grade);
    if (standing === 'nothing handed in' || standing === 'graded') return [];
    const open = openQuestions(grade);
    return [`${grade.student.id}: ${standingText(standing)}${open === '' ? '' : ` (${open})`}`];
  });
}

/** The questions that wait, with their state where they differ in it. */
function openQuestions({ questions }: StudentGrade): string {
  const open = questions.filter(isWaiting);
  if (open.length === questions.length) return '';
  const mixed = new Set(open.map(({ state }) => state)).size > 1;
  return open.map(({ question, state }) => (mixed ? `${question}: ${state}` : question)).join(', ');
}
