import type { Question } from './lab.ts';
import type { CheckItem, CheckReport } from './report.ts';

/** What is known of a question without asking it. */
export type Needing = Pick<Question, 'id' | 'title' | 'uses' | 'needs'>;

/** Whether an item is about a call of this name, or about the name itself. */
const isAbout = ({ asked }: CheckItem, name: string): boolean => asked === name || asked.startsWith(`${name}(`);

/** Whether an answer was asked for and is not right. The library's version, which earns nothing, is right. */
function isWrong({ items, state }: CheckReport, { uses }: Needing, name: string): boolean {
  const failed = items.filter(({ passed, reason }) => !passed && reason !== 'staff');
  return failed.some(item => isAbout(item, name) || uses.length === 1) || !['passed', 'partial', 'failed'].includes(state);
}

/** The earlier questions that an answer calls. */
export const neededBy = <Q extends Needing>({ needs = [], id }: Needing, questions: readonly Q[]): Q[] =>
  questions.filter(earlier => earlier.id !== id && earlier.uses.some(name => needs.includes(name)));

/**
 * A report whose failures name the earlier answers that are not right yet and that this one calls, and offer `staff` for them: whatever else
 * could be said of a value that came of a wrong one would lead astray.
 */
export function withNeeds(report: CheckReport, question: Needing, earlier: readonly (readonly [Needing, CheckReport])[]): CheckReport {
  if (report.state === 'passed') return report;
  const broken = (question.needs ?? []).flatMap(name => {
    const found = earlier.find(([asked, came]) => asked.uses.includes(name) && isWrong(came, asked, name));
    return found && !report.staff.includes(name) ? [{ name, title: found[0].title ?? found[0].id }] : [];
  });
  const [first] = broken;
  if (!first) return report;
  const which = broken.map(({ name, title }) => `${name} (question “${title}”)`).join(' and ');
  const hint = `This answer calls ${which}, which is not right yet. Mend that first, or go on with the lab's: const ${first.name} = await staff('${first.name}');`;
  const told = ({ hintFrom: _, reason, ...item }: CheckItem): CheckItem => ({
    ...item,
    reason: reason === 'known mistake' ? 'wrong' : reason,
    hint,
  });
  const items = report.items.map(item => (item.passed || item.reason === 'missing' || item.reason === 'staff' ? item : told(item)));
  return { ...report, items };
}
