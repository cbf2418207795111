import { named } from '../../base/text.ts';
import type { GradeClassResult } from '../../gradebook/grading/grade-class.ts';
import type { LabGrades, StudentGrade } from '../../gradebook/records.ts';
import { isWaiting, standingOf } from '../../gradebook/standing.ts';
import { calledIn, type GradedLab } from '../../lab/labs.ts';
import { toolLines } from './tool-lines.ts';

const waitsFor =
  (state: string) =>
  ({ questions }: StudentGrade): boolean =>
    questions.some(one => one.state === state && isWaiting(one));

/** What is left to do before a lab is finished, a line a kind, each with its command; none where nobody waits. `tools` are those of this machine, where they are known. */
export function nextSteps(
  graded: Pick<GradedLab, 'id' | 'asked'>,
  { students }: Pick<LabGrades, 'students'>,
  tools?: GradeClassResult['tools'],
): string[] {
  const lab = calledIn(graded);
  const who = (has: (grade: StudentGrade) => boolean): string[] => students.filter(has).map(({ student }) => student.id);
  const line = (ids: readonly string[], wait: string, next: string): string[] =>
    ids.length === 0 ? [] : [`${ids.length} ${wait} (${named(ids)}): ${next}`];
  return [
    ...line(
      who(grade => standingOf(grade) === 'not graded'),
      'not graded yet',
      `npx tinylab grade ${lab}`,
    ),
    ...line(who(waitsFor('stale')), 'graded with another version of the lab', `npx tinylab regrade ${lab}`),
    ...line(who(waitsFor('not gradable')), 'not gradable through a fault of ours', `npx tinylab grade ${lab} tries again`),
    ...line(
      who(waitsFor('unreadable')),
      'cannot be read',
      `npx tinylab show ${lab} STUDENT says why; ask for a better file, collect it, grade`,
    ),
    ...line(who(waitsFor('another lab')), 'of another lab', 'ask for the right file, collect it, grade'),
    ...(tools
      ? toolLines(lab, { students }, tools)
      : line(who(waitsFor('tool missing')), 'waiting for a tool', `npx tinylab grade ${lab}, on a machine that has it`)),
    ...line(who(waitsFor('needs manual')), 'waiting for a person', `npx tinylab review ${lab}`),
  ];
}
