import type { Problem } from '../../base/problem.ts';
import { type Cell, type GradeMark, markOf, withMark } from '../cells.ts';
import type { QuestionHead } from '../question-facts.ts';
import { numbers } from '../stated-points.ts';

type Heads = ReadonlyMap<string, QuestionHead>;

/** Whether a lab's cells say anything that stands in checks.ts. */
export const isShort = (cells: readonly Cell[]): boolean =>
  cells.some(cell => shortMark(cell) !== undefined || /\{\{\w+\}\}/.test(cell.source));

/**
 * Writes out what follows from checks.ts: marks (`answer="ID"`, `check="ID"`, `given="ID"`, `written="ID" points=4`), the source of a check cell,
 * and in text cells `{{title}}` and `{{points}}` of the questions up to the next heading that has one, `{{questions}}` and `{{total}}` of the lab.
 */
export function writeOut(cells: readonly Cell[], heads: Heads, file: string): { cells: Cell[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const refuse = (cell: Cell, message: string): void =>
    void problems.push({ rule: 'mark', file, message, ...(cell.line !== undefined && { line: cell.line }) });
  const marked = cells.map(cell => markedCell(cell, heads, refuse));
  return {
    cells: marked.map((cell, index) => (cell.type === 'markdown' ? told(cell, index, { cells: marked, heads, refuse }) : cell)),
    problems,
  };
}

const kinds = ['answer', 'check', 'given', 'written'] as const;

function shortMark({ metadata }: Cell): { kind: (typeof kinds)[number]; id: string } | undefined {
  const kind = kinds.find(name => typeof metadata[name] === 'string');
  return kind && { kind, id: metadata[kind] as string };
}

type Refuse = (cell: Cell, message: string) => void;

function markedCell(cell: Cell, heads: Heads, refuse: Refuse): Cell {
  const short = shortMark(cell);
  if (!short) return cell;
  const { kind, id } = short;
  const { [kind]: _, points, ...metadata } = cell.metadata;
  const bare: Cell = { ...cell, metadata };
  const head = heads.get(id);
  if (kind === 'check' && !head) refuse(cell, `checks.ts has no question '${id}'; known are: ${[...heads.keys()].join(', ') || 'none'}`);
  if (kind === 'written' && typeof points !== 'number')
    refuse(cell, `written="${id}" needs points=NUMBER: people grade it, so checks.ts does not know`);
  const mark = (fields: Partial<GradeMark>): GradeMark => ({
    grade: false,
    grade_id: id,
    locked: false,
    schema_version: 3,
    solution: false,
    ...fields,
  });
  if (kind === 'answer') return withMark(bare, mark({ solution: true }));
  if (kind === 'given') return withMark(bare, mark({ locked: true }));
  if (kind === 'written') return withMark(bare, mark({ grade: true, solution: true, points: Number(points) }));
  if (cell.source.trim() !== '') refuse(cell, `a check cell is written for you: leave the cell of check="${id}" empty`);
  return withMark(
    { ...bare, source: `await check('${id}');` },
    mark({ grade: true, grade_id: `${id}-check`, locked: true, points: head?.points ?? 0 }),
  );
}

const placeholder = /\{\{(title|points|questions|total)\}\}/g;
const heading = /^#{1,6} .*\{\{(?:title|points)\}\}/m;

/** The text with its placeholders written out. */
function told(cell: Cell, index: number, { cells, heads, refuse }: { cells: readonly Cell[]; heads: Heads; refuse: Refuse }): Cell {
  const unknown = /\{\{(\w+)\}\}/.exec(cell.source.replace(placeholder, ''))?.[1];
  if (unknown !== undefined) refuse(cell, `there is no {{${unknown}}}; known are: title, points, questions, total`);
  if (!cell.source.includes('{{')) return cell;
  const all = worthOf(cells, heads);
  const section = worthOf(sectionOf(cells, index), heads);
  const sum = (of: typeof all): number => of.reduce((total, { points }) => total + points, 0);
  const bonus = section.reduce((total, head) => total + (head.bonus ?? 0), 0);
  if (heading.test(cell.source) && section.length === 0) refuse(cell, 'no question follows this heading before the next one');
  const values: Readonly<Record<string, string>> = {
    title: section[0]?.title ?? '',
    points: sum(section) > 0 || bonus === 0 ? counted(sum(section), 'point') : counted(bonus, 'bonus point'),
    questions: counted(all.length, 'question', true),
    total: counted(sum(all), 'point'),
  };
  return { ...cell, source: cell.source.replace(placeholder, (_, name: string) => values[name] ?? '') };
}

/** The cells from here to the next heading that speaks of its questions. */
function sectionOf(cells: readonly Cell[], index: number): readonly Cell[] {
  const next = cells.findIndex((cell, i) => i > index && cell.type === 'markdown' && heading.test(cell.source));
  return cells.slice(index, next < 0 ? undefined : next);
}

/** What the questions of these cells are worth: those with a check, and those that people grade. */
function worthOf(cells: readonly Cell[], heads: Heads): QuestionHead[] {
  return cells.flatMap(cell => {
    const mark = markOf(cell);
    if (!mark?.grade) return [];
    const head = heads.get(mark.grade_id.replace(/-check$/, ''));
    return [{ ...head, points: mark.points ?? 0, title: head?.title ?? mark.grade_id }];
  });
}

/** `Ten questions`, `1 point`, `12.5 points`. */
const counted = (count: number, what: string, spelled = false): string =>
  `${(spelled ? capital(numbers[count]) : undefined) ?? count} ${what}${count === 1 ? '' : 's'}`;

const capital = (word: string | undefined): string | undefined => word?.replace(/^./, first => first.toUpperCase());
