import type { FeedbackQuestion } from '../feedback/question.ts';

/** What a student may read of one question, as plain text: the same as in the feedback page, without its pictures. */
export function questionText({ told, changed, staff, comments, failed, passed, hidden, withheld }: FeedbackQuestion): string {
  const lines = [
    ...(told === undefined ? [] : [told]),
    ...changed,
    ...(staff.length > 0 ? [`Checked with the library's version of: ${staff.join(', ')}.`] : []),
    ...comments.map(({ text, points }) => (points === undefined ? text : `${points > 0 ? '+' : ''}${points} ${text}`)),
    ...failed.flatMap(({ asked, expected, got, where, hint }) => [
      `✗ ${asked}`,
      ...Object.entries({ expected, got, where, hint }).flatMap(([name, value]) => (value === undefined ? [] : [`    ${name}: ${value}`])),
    ]),
    ...(withheld ? ['What your code answered is left out here; the check in your notebook shows it.'] : []),
    ...(hidden.passed + hidden.failed > 0 ? [`Hidden cases: ${hidden.passed} passed, ${hidden.failed} failed.`] : []),
    ...hidden.hints.map(hint => `    hint: ${hint}`),
    ...(passed.length > 0 ? [`✓ ${passed.length} passed`] : []),
  ];
  return lines.join('\n');
}

/** A text of at most so many characters, which says where it ends early. */
export const atMost = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit)}\n… (${text.length - limit} characters more)`;
