import type { StudentGrade } from '../../gradebook/records.ts';
import { type ItemFigures, itemFigures } from './item-analysis.ts';

/** One thing that a question checks, over all students. */
export interface CheckFigures extends ItemFigures {
  readonly id: string;
  readonly hidden: boolean;
  readonly asked: string;
  readonly passed: number;
  readonly students: number;
}

type Found = ReadonlyMap<string, { readonly asked: string; readonly passed: boolean }>;

/** A student's items by what names the same check for everyone: hidden ones are counted by themselves, since an open case may end early. */
function itemsOf(grade: StudentGrade, question: string): Found {
  const items = grade.questions.find(found => found.question === question)?.items ?? [];
  let hidden = 0;
  return new Map(items.map(item => [item.hidden ? `hidden.${++hidden}` : item.id, { asked: item.asked, passed: item.passed }]));
}

/**
 * The checks of one question. What a student's report does not reach has passed where the whole question did (long reports leave passes out),
 * and has failed elsewhere. `rest` is each student's points on the other questions.
 */
export function checkFigures(students: readonly StudentGrade[], question: string, rest: readonly number[]): CheckFigures[] {
  const found = students.map(grade => itemsOf(grade, question));
  const whole = students.map(grade => grade.questions.find(of => of.question === question)?.state === 'passed');
  const names = new Map<string, string>();
  for (const items of found) for (const [id, { asked }] of items) if (!names.has(id)) names.set(id, asked);
  return [...names].map(([id, asked]) => {
    const shares = found.map((items, i) => Number(items.get(id)?.passed ?? whole[i]));
    const passed = shares.reduce((sum, share) => sum + share, 0);
    return { id, hidden: id.startsWith('hidden.'), asked, passed, students: students.length, ...itemFigures(shares, rest) };
  });
}
