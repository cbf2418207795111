import { escapeHtml } from '../../base/text.ts';
import { moment, points } from '../page/clean.ts';
import type { Feedback } from './feedback.ts';
import { type FeedbackQuestion, lookOf, pointsOf, type ShownItem, stateOf } from './question.ts';

/** Text as Markdown shows it letter by letter, on one line: CommonMark lets a backslash stand before any ASCII punctuation. */
export function plain(text: string): string {
  const marked = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]#|~@:^$!]/g, '\\$&');
  return escapeHtml(marked, /[&<>]/g)
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/(www)\./gi, '$1\\.');
}

/** Text as it is, in a fence that it cannot close. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** The feedback as Markdown. */
export function feedbackMarkdown(feedback: Feedback): string {
  const { title, student, name, questions } = feedback;
  const who = name === undefined ? student : `${name} (${student})`;
  const blocks = [
    `# ${plain(title)}`,
    `Feedback for ${plain(who)}`,
    total(feedback),
    ...(feedback.draft ? ['> **Draft.** These grades are not published and may change.'] : []),
    facts(feedback),
    overview(questions),
    ...questions.flatMap(section),
    ...cells(feedback),
    ...(feedback.notes.length > 0 ? ['## About your files', feedback.notes.map(line => `- ${plain(line)}`).join('\n')] : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function total({ hasTotal, waits, score, maximum }: Feedback): string {
  if (!hasTotal) return `**${plain(waits ?? '')}**`;
  const open = waits === undefined ? '' : ` so far, ${plain(waits)}`;
  return `**${points(score)} of ${points(maximum)} points**${open}`;
}

function facts({ submittedAt, due, submissions, raw, latePenalty, lateReason }: Feedback): string {
  const late = latePenalty > 0 ? `${points(raw)} − ${points(latePenalty)} points` : '';
  return [
    `- Handed in: ${submittedAt === undefined ? 'nothing' : plain(moment(submittedAt, due))}`,
    ...(due === undefined ? [] : [`- Due: ${plain(moment(due, due))}`]),
    ...(submissions > 1 ? [`- Attempts: ${submissions}; this is the one that counts`] : []),
    ...(late || lateReason ? [`- Lateness: ${[late, lateReason && plain(lateReason)].filter(Boolean).join(': ')}`] : []),
  ].join('\n');
}

function overview(questions: readonly FeedbackQuestion[]): string {
  const rows = questions.map(question => {
    return `| ${lookOf(question)[0]} | ${plain(question.title)} | ${pointsOf(question)} | ${stateOf(question)} |`;
  });
  return ['|  | Question | Points | State |', '| --- | --- | ---: | --- |', ...rows].join('\n');
}

/** One mistake often fails many cases; the page has them all. */
const described = 5;

function section(question: FeedbackQuestion): string[] {
  const { title, told, changed, staff, failed, passed, withheld } = question;
  return [
    `## ${lookOf(question)[0]} ${plain(title)}: ${pointsOf(question)}`,
    ...(told === undefined ? [] : [told]),
    ...changed.map(plain),
    ...(staff.length > 0 ? [`Checked with the library's version of: ${staff.map(plain).join(', ')}.`] : []),
    ...question.comments.map(
      ({ text, points: value }) => `- ${value === undefined ? '' : `**${value > 0 ? '+' : ''}${points(value)}** `}${plain(text)}`,
    ),
    ...question.parts.map(
      ({ id, points: worth, passed: fine }) => `- ${fine ? '✓' : '✗'} ${plain(id)}: ${points(fine ? worth : 0)} / ${points(worth)}`,
    ),
    ...failed.slice(0, described).flatMap(item),
    ...(failed.length > described ? [`✗ ${failed.length - described} more failed`] : []),
    ...(withheld ? ['What your code answered is left out here; the check in your notebook shows it.'] : []),
    ...hidden(question),
    ...(passed.length > 0 ? [`✓ ${passed.length} passed`] : []),
  ];
}

function item({ asked, expected, got, where, hint }: ShownItem): string[] {
  const facts = [['asked   ', asked] as const, ['expected', expected] as const, ['got     ', got] as const, ['where   ', where] as const];
  const rows = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}  ${value}`]));
  return [fenced(rows.join('\n')), ...(hint === undefined ? [] : [`> **Hint** ${plain(hint)}`])];
}

function hidden({ hidden: { passed, failed, hints } }: FeedbackQuestion): string[] {
  if (passed + failed === 0) return [];
  return [`Hidden cases: ${passed} passed, ${failed} failed.`, ...hints.map(hint => `> **Hint** ${plain(hint)}`)];
}

function cells({ cells: failed }: Feedback): string[] {
  if (failed.length === 0) return [];
  const row = ({ id, state, message, where }: Feedback['cells'][number]): string[] => [
    `${plain(id)}: ${state}${where === undefined ? '' : `, ${plain(where)}`}`,
    ...(message === undefined ? [] : [fenced(message)]),
  ];
  return ['## Cells that did not run to their end', ...failed.flatMap(row)];
}
