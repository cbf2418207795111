import type { CheckItem, CheckReport, LabReport, QuestionState } from '../check/report.ts';
import { displaySymbol, type MimeBundle } from '../tensor/host.ts';
import { escapeText } from './escape.ts';
import type { Displayable } from './live.ts';

/** Mark and colour of a card. */
export type Look = readonly [mark: string, colour: string];

const passed: Look = ['✓', '#009e73'];
const partial: Look = ['◐', '#b07d00'];
const failed: Look = ['✗', '#d55e00'];
/** Neither right nor wrong. */
export const neutral: Look = ['•', '#7a7a7a'];

/** Mark and colour of a state: never the colour alone. */
function lookOf(state: QuestionState): Look {
  if (state === 'passed') return passed;
  if (state === 'partial') return partial;
  return ['not run', 'not gradable', 'needs manual', 'tool missing'].includes(state) ? neutral : failed;
}

/** The card of a question: score, and for each thing that was checked what was asked, expected and returned, where, and a hint. */
export function checkCard(report: CheckReport): Displayable & { readonly report: CheckReport } {
  return { report, [displaySymbol]: () => ({ 'text/html': cardHtml(report), 'text/plain': cardText(report) }) };
}

/** The card of a whole lab: one line for each question, and the sum. */
export function labCard(report: LabReport): Displayable & { readonly report: LabReport } {
  return { report, [displaySymbol]: () => labBundle(report) };
}

const muted = 'color:var(--jp-ui-font-color2,inherit)';
const mono =
  'font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);white-space:pre-wrap;overflow-wrap:anywhere';

/** Tag with a style and children that are safe already. */
export const box = (tag: string, style: string, ...children: readonly string[]): string =>
  `<${tag} style="${style}">${children.join('')}</${tag}>`;

/** The frame of a card, with an edge in the colour of its state; its children are safe already. */
export function frame([, colour]: Look, ...children: readonly string[]): string {
  const edge = `border:1px solid var(--jp-border-color2,#bdbdbd);border-left:5px solid ${colour};border-radius:3px`;
  return box(
    'div',
    `${edge};padding:8px 14px;margin:4px 0;max-width:60em;color:var(--jp-ui-font-color1,inherit);line-height:1.45`,
    ...children,
  );
}

const points = ({ score, points: of, bonus, state }: Pick<CheckReport, 'score' | 'points' | 'bonus'> & { state?: QuestionState }): string =>
  `${state === 'tool missing' ? '–' : Number(score.toFixed(2))} / ${bonus ? `${bonus} bonus` : of} points`;

function heading([mark, colour]: Look, title: string, right: string): string {
  return box(
    'div',
    'display:flex;justify-content:space-between;gap:1em;flex-wrap:wrap',
    box('span', 'font-weight:600;font-size:110%', box('span', `color:${colour}`, mark), ` ${escapeText(title)}`),
    box('span', 'font-weight:600;font-variant-numeric:tabular-nums', escapeText(right)),
  );
}

function cardHtml(report: CheckReport): string {
  const look = lookOf(report.state);
  const staff = report.staff.length ? [box('div', muted, escapeText(staffNote(report)))] : [];
  const lacks = toolLines(report).map(line => box('div', 'margin-top:6px', escapeText(line)));
  return frame(look, heading(look, report.title || report.question, points(report)), ...staff, ...lacks, itemsHtml(report.items));
}

const staffNote = ({ staff }: CheckReport): string => `Checked with the library's version of: ${staff.join(', ')}.`;

/** What a question needs and this machine lacks, and what to do. */
export function toolLines({ missingTools = [] }: Pick<CheckReport, 'missingTools'>): string[] {
  if (missingTools.length === 0) return [];
  return [
    ...missingTools.map(({ name, why, get }) => `This question needs ${name}, and ${why}. ${get}`),
    'Then run this check again. Without it go on and hand in as usual: the question is graded where the tool is, and its lack costs nothing.',
  ];
}

const openFailures = 3;
const openPasses = 4;

/** The first failures stand open; what else failed, and what passed beside them or in great number, is folded away. */
function itemsHtml(items: readonly CheckItem[]): string {
  const wrong = hintsOnce(items.filter(item => !item.passed));
  const right = items.filter(item => item.passed);
  const [open, more] = [wrong.slice(0, openFailures), wrong.slice(openFailures)];
  const passes = open.length === 0 && right.length <= openPasses ? right.map(itemHtml).join('') : folded(`${right.length} passed`, right);
  return open.map(itemHtml).join('') + folded(`${more.length} more failed`, more) + passes;
}

function folded(title: string, items: readonly CheckItem[]): string {
  if (items.length === 0) return '';
  const summary = `<summary style="cursor:pointer;${muted}">${title}</summary>`;
  return `<details style="margin-top:6px">${summary}${items.map(itemHtml).join('')}</details>`;
}

/** One mistake often fails many cases: its hint is given with the first of them. */
function hintsOnce(items: readonly CheckItem[]): CheckItem[] {
  const said = new Set<string>();
  return items.map(item => {
    if (!item.hint || !said.has(item.hint)) {
      said.add(item.hint ?? '');
      return item;
    }
    return { ...item, hint: undefined };
  });
}

function itemHtml(item: CheckItem): string {
  const [mark, colour] = item.passed ? passed : failed;
  const head = box('div', '', box('span', `color:${colour};font-weight:600`, mark), ` ${escapeText(item.asked)}`);
  const facts = factsOf(item).map(([name, value]) =>
    box(
      'div',
      'display:flex;gap:.6em;margin-left:1.4em',
      box('span', `${muted};min-width:5em`, name),
      box('span', mono, escapeText(value)),
    ),
  );
  const hint =
    item.hint && !item.passed ? [box('div', 'margin-left:1.4em;margin-top:2px', box('b', '', 'Hint'), ` ${escapeText(item.hint)}`)] : [];
  return box('div', 'margin-top:6px', head, ...(item.passed ? [] : facts), ...hint);
}

function factsOf({ expected, got, where }: CheckItem): (readonly [string, string])[] {
  const facts = [['expected', expected] as const, ['got', got] as const, ['where', where] as const];
  return facts.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

function cardText(report: CheckReport): string {
  const [mark] = lookOf(report.state);
  const head = `${mark} ${report.title || report.question}: ${points(report)} (${report.state})`;
  const items = hintsOnce(report.items).flatMap(item => {
    const line = `  ${item.passed ? passed[0] : failed[0]} ${item.asked}`;
    if (item.passed) return [line];
    return [line, ...factsOf(item).map(([name, value]) => `      ${name}: ${value}`), ...(item.hint ? [`      hint: ${item.hint}`] : [])];
  });
  const lacks = toolLines(report).map(line => `  ${line}`);
  return [head, ...(report.staff.length ? [`  ${staffNote(report)}`] : []), ...lacks, ...items].join('\n');
}

function labBundle(report: LabReport): MimeBundle {
  const full = report.questions.every(question => question.state === 'passed');
  const look = full ? passed : report.score > 0 ? partial : failed;
  const right = points(report);
  const rows = report.questions.map(question => {
    const [mark, colour] = lookOf(question.state);
    const name = box(
      'span',
      '',
      box('span', `color:${colour};font-weight:600`, mark),
      ` ${escapeText(question.title || question.question)}`,
    );
    const score = box('span', 'font-variant-numeric:tabular-nums', escapeText(points(question)));
    return box('div', 'display:flex;justify-content:space-between;gap:1em;margin-top:4px', name, score);
  });
  const lines = report.questions.map(q => `  ${lookOf(q.state)[0]} ${q.title || q.question}: ${points(q)} (${q.state})`);
  return {
    'text/html': frame(look, heading(look, report.lab, right), ...rows),
    'text/plain': [`${look[0]} ${report.lab}: ${right}`, ...lines].join('\n'),
  };
}
