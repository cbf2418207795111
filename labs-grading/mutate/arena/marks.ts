import type { CheckReport } from 'tinylab';
import type { Verdict } from './messages.ts';

type Item = CheckReport['items'][number];

/** What a loop is told that wrote outside of an array. */
const outOfBounds = /^The loop wrote .+ (?:behind the end|before the start) of /;

/**
 * Whether a failed item names the mistake: one that the lab knows, what all wrong answers have in common with the right ones, a condition with
 * words of its own, a loop that is told which array it leaves and by how much. What the author says to every wrong answer does not count.
 */
function names({ reason, hint, hintFrom, expected, got }: Item): boolean {
  if (hint === undefined) return false;
  if (reason === 'threw' && outOfBounds.test(got ?? '')) return true;
  return reason === 'known mistake' || hintFrom === 'pattern' || (reason === 'wrong' && expected === undefined);
}

/** The hint of a report that names the mistake, if one does. */
export const hintOf = ({ items }: CheckReport): string | undefined => items.find(item => !item.passed && names(item))?.hint;

/** What a report says of an answer that is not the lab's own. */
export function verdictOf(report: CheckReport): Verdict {
  if (report.score >= report.points + (report.bonus ?? 0)) return { state: 'passed' };
  const hint = hintOf(report);
  const first = report.items.find(({ passed }) => !passed);
  // A loop's text is compiled when it is asked.
  if (first?.reason === 'threw' && first.where?.endsWith(' of the loop')) return { state: 'no program', why: first.got };
  const why = first && `${first.asked}: expected ${first.expected ?? '?'}, got ${first.got ?? '?'}${first.hint ? ` (${first.hint})` : ''}`;
  return { state: 'caught', by: 'check', ...(hint !== undefined && { hint }), ...(why && { why }) };
}
