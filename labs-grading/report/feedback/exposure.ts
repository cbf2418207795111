import type { CheckItem } from 'tinylab';
import type { QuestionGrade } from '../../gradebook/records.ts';

/** A report describes no more passing items than this, so that hidden ones may have been left out of it. */
const described = 40;

/** What is known of one question: its items, and what the grader says about them where it does. */
interface Known extends Pick<QuestionGrade, 'items'> {
  readonly exposed?: boolean;
}

/**
 * Index of the first question whose hidden cases have handed inputs to the student's code. The code may remember them and return or throw them
 * when a later question asks in the open, so what it says from then on is not shown. Within a question the open cases come first. A report
 * that does not say whether they did is taken to.
 */
export function firstExposed(questions: readonly Known[]): number {
  const index = questions.findIndex(({ items, exposed }) => exposed ?? (items.length >= described || items.some(({ hidden }) => hidden)));
  return index < 0 ? Number.POSITIVE_INFINITY : index;
}

/** Reasons for which the hint may be the student's where a report does not say whose it is: it came with an error that the code threw. */
const thrown: ReadonlySet<string> = new Set(['threw', 'not a value', 'stopped', 'check error']);

/** An open item without anything that the student's code could have chosen. */
export function withoutAnswers({ id, asked, passed, hidden, reason, expected, hint, hintFrom }: CheckItem): CheckItem {
  const open = asked.startsWith('the accuracy of ') ? 'the accuracy of the model' : asked;
  const authors = hint !== undefined && hintFrom === undefined && !thrown.has(reason);
  return { id, asked: open, passed, hidden, reason, ...(expected !== undefined && { expected }), ...(authors && { hint }) };
}
