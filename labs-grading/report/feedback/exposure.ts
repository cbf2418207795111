import type { CheckItem } from 'tinylab';
import type { QuestionGrade } from '../../gradebook/records.ts';

/** A report describes no more passing items than this, so that hidden ones may have been left out of it. */
const described = 40;

/**
 * Index of the first question whose hidden cases have met the student's code. The code may remember their inputs and return or throw them when
 * a later question asks in the open, so whatever it says from then on is not shown. Within a question the open cases come first.
 */
export function firstExposed(questions: readonly Pick<QuestionGrade, 'items'>[]): number {
  const index = questions.findIndex(({ items }) => items.length >= described || items.some(({ hidden }) => hidden));
  return index < 0 ? Number.POSITIVE_INFINITY : index;
}

/** Reasons for which the hint may be the student's: it came with an error that the code threw. */
const thrown: ReadonlySet<string> = new Set(['threw', 'not a value', 'stopped', 'check error']);

/** An open item without anything that the student's code could have chosen. */
export function withoutAnswers({ id, asked, passed, hidden, reason, expected, hint }: CheckItem): CheckItem {
  const open = asked.startsWith('the accuracy of ') ? 'the accuracy of the model' : asked;
  const authors = hint !== undefined && !thrown.has(reason);
  return { id, asked: open, passed, hidden, reason, ...(expected !== undefined && { expected }), ...(authors && { hint }) };
}
