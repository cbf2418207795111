import { delivered } from '../../../scripts/notebook/reader.mjs';
import type { Migration } from '../../lab/migrations.ts';
import { type Cell, markOf, roleOf } from '../cells.ts';
import { wordsOf } from '../leaks/tokens.ts';
import { textStub } from '../passes/clear-solutions.ts';
import { statedHeading, statedTotal } from '../stated-points.ts';
import { questionCode } from './question-code.ts';
import type { LabView } from './versions.ts';

/** What a student sees of a question. */
interface Face {
  readonly points: number;
  readonly title?: string;
  /** What they read before they answer, given code included. */
  readonly text: string;
  /** The cell that they fill in, as it is handed out. */
  readonly answer: string;
  readonly checks: string;
}

/** How one question differs for a student between two versions. */
export interface QuestionChange {
  readonly question: string;
  readonly kind: 'added' | 'dropped' | 'renamed' | 'changed';
  /** Its name before, where it was renamed. */
  readonly formerly?: string;
  readonly points?: readonly [number | undefined, number | undefined];
  readonly title?: readonly [string | undefined, string | undefined];
  /** What differs besides. */
  readonly differs: readonly ('text' | 'answer cell' | 'checks')[];
}

export interface LabDiff {
  readonly lab: string;
  readonly from: string;
  readonly to: string;
  readonly changes: readonly QuestionChange[];
  /** Files beside the notebook that differ, code or data: any question may ask or see something else. */
  readonly shared: readonly string[];
  /** A step for migrations.json, where both versions are known and names or points changed. */
  readonly migration?: Migration;
}

/** Says which questions changed for a student from one version of a lab to another. */
export function diffLabs(lab: string, from: LabView, to: LabView): LabDiff {
  const [before, after] = [facesOf(from), facesOf(to)];
  const formerly = renamedIn(before, after);
  const changes: QuestionChange[] = [...after].flatMap(([question, face]) => {
    const old = formerly.get(question) ?? question;
    const was = before.get(old);
    if (!was) return [{ question, kind: 'added', points: [undefined, face.points], differs: [] }];
    const what = { points: was.points, title: was.title };
    const differs = (['text', 'answer', 'checks'] as const)
      .filter(key => was[key] !== face[key])
      .map(key => (key === 'answer' ? 'answer cell' : key));
    const change: QuestionChange = {
      question,
      kind: old === question ? 'changed' : 'renamed',
      ...(old !== question && { formerly: old }),
      ...(what.points !== face.points && { points: [what.points, face.points] }),
      ...(what.title !== face.title && { title: [what.title, face.title] }),
      differs,
    };
    return old !== question || change.points || change.title || differs.length > 0 ? [change] : [];
  });
  const kept = new Set([...formerly.values(), ...after.keys()]);
  for (const [question, { points }] of before)
    if (!kept.has(question)) changes.push({ question, kind: 'dropped', points: [points, undefined], differs: [] });
  const migration = stepOf({ from, to, changes });
  return { lab, from: from.name, to: to.name, changes, shared: sharedChanges(from, to), ...(migration && { migration }) };
}

/** The faces of all questions with points, in the order of the notebook. */
function facesOf({ cells, files }: LabView): Map<string, Face> {
  const { questions } = questionCode(files.get('checks.ts') ?? '');
  const faces = new Map<string, Face>();
  let text: string[] = [];
  for (const cell of cells) {
    const role = roleOf(cell);
    const id = markOf(cell)?.grade_id ?? '';
    if (role === 'check' || role === 'manual') {
      const question = role === 'check' ? id.replace(/-check$/, '') : id;
      const code = questions.get(question);
      const answer = role === 'manual' ? cell.source : (answerOf(cells, question) ?? '');
      const title = code?.title === undefined ? {} : { title: code.title };
      faces.set(question, {
        points: markOf(cell)?.points ?? 0,
        ...title,
        text: bare(text.join('\n\n'), code?.title),
        answer,
        checks: code?.words ?? '',
      });
      text = [];
    } else if (role !== 'answer') text.push(cell.source);
  }
  return faces;
}

/** A text without the title and the points that follow from checks.ts: a change of those is told as one. */
const bare = (text: string, title: string | undefined): string =>
  text
    .split('\n')
    .map(line =>
      statedHeading.test(line) ? line.replace(title ?? '', '').replace(/ \([\d.]+ points?\)/, '') : line.replace(statedTotal, ''),
    )
    .join('\n');

const answerOf = (cells: readonly Cell[], question: string): string | undefined =>
  cells.find(cell => markOf(cell)?.grade_id === question)?.source;

/**
 * New name → old name, for questions that have gone while another came with the same text and answer cell, else with the same answer cell, if no
 * third one has it: a text may be mended along with the name.
 */
function renamedIn(before: ReadonlyMap<string, Face>, after: ReadonlyMap<string, Face>): Map<string, string> {
  const renamed = new Map<string, string>();
  const gone = [...before].filter(([old]) => !after.has(old));
  const take = (same: (a: Face, b: Face) => boolean): void => {
    for (const [old, face] of gone) {
      if ([...renamed.values()].includes(old)) continue;
      const [found, ...more] = [...after].filter(([name, now]) => !before.has(name) && !renamed.has(name) && same(face, now));
      const like = gone.filter(([, other]) => same(other, face));
      if (found && more.length === 0 && like.length === 1) renamed.set(found[0], old);
    }
  };
  take((a, b) => a.text === b.text && a.answer === b.answer);
  take((a, b) => a.answer === b.answer && a.answer !== textStub);
  return renamed;
}

function sharedChanges(from: LabView, to: LabView): string[] {
  const rest = (view: LabView, name: string): string => {
    const text = view.files.get(name);
    if (text === undefined) return '';
    return name === 'checks.ts' ? questionCode(text).rest : name.endsWith('.ts') ? wordsOf(text) : text;
  };
  const names = new Set([...from.files.keys(), ...to.files.keys()]);
  return [...names].filter(name => rest(from, name) !== rest(to, name)).sort();
}

function stepOf({ from, to, changes }: { from: LabView; to: LabView; changes: readonly QuestionChange[] }): Migration | undefined {
  const named = (kind: QuestionChange['kind']): string[] => changes.filter(change => change.kind === kind).map(({ question }) => question);
  const renamed = Object.fromEntries(changes.flatMap(({ question, formerly }) => (formerly === undefined ? [] : [[formerly, question]])));
  const points = Object.fromEntries(
    changes.flatMap(({ question, kind, points }) => (points && (kind === 'changed' || kind === 'renamed') ? [[question, points]] : [])),
  ) as Migration['points'];
  const [added, dropped] = [named('added'), named('dropped')];
  const deliverables = renamedDeliverables(from, to, changes);
  const matters =
    added.length + dropped.length + Object.keys(renamed).length + Object.keys(points).length + Object.keys(deliverables).length > 0;
  if (!matters || from.version === undefined || to.version === undefined) return undefined;
  return { from: from.version, to: to.version, renamed, added, dropped, points, deliverables };
}

/** Results that a question's answer hands in under another name than before, old → new; told where each version hands in one. */
function renamedDeliverables(from: LabView, to: LabView, changes: readonly QuestionChange[]): Record<string, string> {
  const pairs = changes.flatMap(({ question, formerly = question }): [string, string][] => {
    const [old, name] = [delivered(answerOf(from.cells, formerly) ?? ''), delivered(answerOf(to.cells, question) ?? '')];
    return old.length === 1 && name.length === 1 && old[0] !== name[0] ? [[old[0] as string, name[0] as string]] : [];
  });
  return Object.fromEntries(pairs);
}

/** A diff as text: a line for each question that changed. */
export function diffLines({ lab, from, to, changes, shared, migration }: LabDiff): string[] {
  const lines = changes.map(({ question, kind, formerly, points, title, differs }) => {
    const what = [
      ...(formerly === undefined ? [] : [`was ${formerly}`]),
      ...(points ? [`points ${points[0] ?? 'none'} → ${points[1] ?? 'none'}`] : []),
      ...(title ? [`title ${JSON.stringify(title[0] ?? '')} → ${JSON.stringify(title[1] ?? '')}`] : []),
      ...differs,
    ];
    return `  ${question}: ${kind}${what.length > 0 ? ` (${what.join(', ')})` : ''}`;
  });
  return [
    `${lab}, ${from} → ${to}: ${changes.length === 0 ? 'no question changed' : `${changes.length} questions differ for a student`}`,
    ...lines,
    ...(shared.length > 0 ? [`  what questions share changed: ${shared.join(', ')}`] : []),
    ...(migration ? ['for migrations.json:', JSON.stringify(migration)] : []),
  ];
}
