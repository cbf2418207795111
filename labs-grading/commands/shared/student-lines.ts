import Table from 'cli-table3';
import { oneLine, printable } from '../../base/text.ts';
import type { QuestionGrade } from '../../gradebook/records.ts';
import { hasSum, isWaiting, standingOf, standingText } from '../../gradebook/standing.ts';
import type { CellReport } from '../../run/cell-report.ts';
import type { HandInLine, QuestionOrigin, StudentOrigin } from './student-origin.ts';

/** Longest answer that is shown whole; `--json` has all of it. */
const shownLines = 120;

/** Where a grade comes from, in lines for a terminal. What a student wrote stands behind a bar, so that none of its lines passes for ours. */
export function originLines(origin: StudentOrigin): string[] {
  const { questions, cells, anomalies, handIns, overrides } = origin;
  const lines = [
    ...head(origin),
    ...anomalies.map(({ kind, about, detail }) => `to look at: ${about || 'notebook'} ${kind}: ${oneLine(detail)}`),
    table(questions),
    ...questions.filter(one => isTold(one, origin)).flatMap(section),
    ...(cells.length > 0 ? ['', 'Other cells that did not run to their end', ...cells.flatMap(cellLines)] : []),
    '',
    ...handIns.flatMap(handInLines),
    ...overrides.map(({ at, by, question, score, reason }) =>
      oneLine(`override, ${at}, ${by}: ${question} ${score ?? 'taken back'}: ${reason}`),
    ),
  ];
  return lines.map(line => printable(line).trimEnd());
}

function head({ grade }: StudentOrigin): string[] {
  const { student, score, maximum, latePenalty, lateReason, grading } = grade;
  const name = oneLine([student.id, student.name, student.email].filter(Boolean).join(', '));
  const standing = standingOf(grade);
  const so = standing === 'graded' ? '' : `, ${standingText(standing)}`;
  const ours = grading?.report.notGradable;
  return [
    `${name}: ${hasSum(grade) ? score : '–'}/${maximum}${so}`,
    ...(lateReason === undefined ? [] : [`lateness: ${latePenalty > 0 ? `-${latePenalty}, ` : ''}${lateReason}`]),
    ...(ours === undefined ? [] : ['our fault:', ...framed(ours)]),
  ];
}

/** Whether there is more to say of a question than its line in the table: nobody asked one of a hand-in that is missing or cannot be read. */
const isTold = ({ manual, override }: QuestionOrigin, { grade }: StudentOrigin): boolean =>
  (grade.submission !== undefined && grade.grading?.report.handIn === undefined) || manual !== undefined || override !== undefined;

/** A question's points; what waits has none yet. */
const pointsOf = (grade: QuestionGrade): string => `${isWaiting(grade) ? '–' : grade.score}/${grade.maximum}`;

function table(questions: readonly QuestionOrigin[]): string {
  const rows = new Table({ head: ['question', 'score', 'state', 'comes from'], style: { head: [], border: [] } });
  for (const one of questions) rows.push([one.question, pointsOf(one), one.state, printable(evidence(one))]);
  return rows.toString();
}

function evidence({ automatic, manual, override, policy, staff, items, state }: QuestionGrade): string {
  const asked = automatic !== undefined && !['not run', 'tool missing', 'unreadable', 'another lab'].includes(state);
  const failed = items.filter(({ passed }) => !passed).length;
  return [
    ...(!asked ? [] : [`checks gave ${automatic}${failed > 0 ? `, ${failed} of ${items.length} failed` : ''}`]),
    ...(staff.length > 0 ? [`with the library's ${staff.join(', ')}`] : []),
    ...(manual ? [`${manual.grader}, ${manual.at}`] : []),
    ...(override ? [`override by ${override.by}: ${override.reason}`] : []),
    ...(policy ? [policy] : []),
  ]
    .map(oneLine)
    .join('\n');
}

/** One question: what was asked and failed, what its cell said, what people gave, and the answer itself. */
function section(origin: QuestionOrigin): string[] {
  const { question, title, state, items, parts, staff, cell, manual, ticked, missingTools } = origin;
  const passed = items.filter(item => item.passed);
  const hidden = passed.filter(item => item.hidden).length;
  return [
    '',
    oneLine(`${question}: ${pointsOf(origin)}, ${state}${title === question ? '' : ` (${title})`}`),
    ...missingTools.map(({ name, why, get }) => oneLine(`  needs ${name}: ${why}. ${get}`)),
    ...parts.map(({ id, points, passed: fine }) => `  part ${id}: ${fine ? points : 0}/${points}`),
    ...items.filter(item => !item.passed).flatMap(itemLines),
    ...(passed.length > 0 ? [`  ✓ ${passed.length} passed${hidden > 0 ? `, ${hidden} of them hidden` : ''}`] : []),
    ...(staff.length > 0 ? [`  with the library's version of: ${staff.map(oneLine).join(', ')}`] : []),
    ...(cell && cell.state !== 'done' ? cellLines(cell) : []),
    ...(manual ? [`  graded by ${oneLine(manual.grader)}, ${manual.at}`] : []),
    ...ticked.map(({ text, points }) => `  ${signed(points)} ${oneLine(text)}`),
    ...(manual && manual.adjustment !== 0 ? [`  ${signed(manual.adjustment)} adjustment`] : []),
    ...(manual && manual.comment.trim() !== '' ? ['  comment:', ...framed(manual.comment.trim())] : []),
    ...answerLines(origin),
  ];
}

const signed = (points: number): string => (points > 0 ? `+${points}` : String(points));

function itemLines({ asked, hidden, reason, expected, got, where, hint }: QuestionOrigin['items'][number]): string[] {
  const facts = [['expected', expected] as const, ['got', got] as const, ['where', where] as const, ['hint', hint] as const];
  return [
    `  ✗ ${oneLine(asked)}${hidden ? ' (hidden)' : ''}: ${reason}`,
    ...facts.flatMap(([name, text]) => (text ? named(name, text) : [])),
  ];
}

const lineEnd = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

/** A value after its name; one of several lines begins below. */
const named = (name: string, text: string): string[] =>
  lineEnd.test(text.trim()) ? [`      ${name}`, ...framed(text, '      ')] : [`      ${name.padEnd(8)}  ${text.trim()}`];

function cellLines({ id, state, message, where }: CellReport): string[] {
  return [
    `  cell ${oneLine(id)}: ${state}${where === undefined ? '' : `, ${oneLine(where)}`}`,
    ...(message === undefined ? [] : framed(message)),
  ];
}

function answerLines({ answer }: QuestionOrigin): string[] {
  if (!answer) return [];
  if (answer.missing !== undefined) return [`  no answer: ${oneLine(answer.missing)}`];
  const { lines, untouched } = answer;
  const more = lines.length - shownLines;
  return [
    `  ${untouched ? 'the answer, as it was handed out' : 'the answer'}:`,
    ...framed(lines.slice(0, shownLines).join('\n')),
    ...(more > 0 ? [`  and ${more} more lines; --json has all of them`] : []),
  ];
}

/** Text of several lines, each behind a bar. */
const framed = (text: string, indent = '  '): string[] =>
  text
    .trimEnd()
    .split(lineEnd)
    .map(line => `${indent}│ ${line}`);

function handInLines({ id, submittedAt, source, folder, counts, gradings }: HandInLine): string[] {
  return [
    oneLine(`submission ${id}, ${submittedAt}, ${source}${counts ? ', counts' : ''}: ${folder}`),
    ...gradings.map(
      one => `  attempt ${one.id}, ${one.finishedAt}: ${one.score}/${one.points}${one.counts ? ', counts' : ''} (key ${one.key})`,
    ),
  ];
}
