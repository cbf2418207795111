import { named } from '../../base/text.ts';
import type { GradeClassResult } from '../../gradebook/grading/grade-class.ts';
import type { LabGrades } from '../../gradebook/records.ts';
import { isWaiting } from '../../gradebook/standing.ts';

/** How many wait for a tool that was missing where they were graded, in a line; none where nobody does. `lab` is what the next command calls it. */
export function toolLines(lab: string, { students }: Pick<LabGrades, 'students'>, tools: GradeClassResult['tools']): string[] {
  const open = students.map(({ questions }) => questions.filter(one => one.state === 'tool missing' && isWaiting(one)));
  const waiting = open.filter(questions => questions.length > 0).length;
  if (waiting === 0) return [];
  const missing = Object.keys(tools).filter(name => tools[name] === null);
  const what = missing.length > 0 ? `a tool that this machine lacks (${named(missing)})` : 'a tool that was missing where they were graded';
  const questions = named([...new Set(open.flat().map(({ question }) => question))]);
  const next = missing.length > 0 ? `run tinylab grade ${lab} again where it is` : `tinylab grade ${lab} grades them here`;
  return [`${waiting} ${waiting === 1 ? 'waits' : 'wait'} for ${what}: ${questions}. This costs nobody a point: ${next}.`];
}
