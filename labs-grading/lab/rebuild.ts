import type { Anomaly } from '../base/anomaly.ts';
import { type Migration, migrationBetween } from './migrations.ts';
import { type NotebookCell, parseNotebook } from './notebook.ts';

/** A code cell of the rebuilt notebook. */
export interface RunCell {
  /** Grade id where the cell has one, else its id, else its place. */
  readonly id: string;
  /** Number among all cells, from 1, as a person counts them. */
  readonly number: number;
  readonly source: string;
  readonly answer: boolean;
}

export interface Rebuilt {
  /** Code cells to run, in the order of the pristine notebook; cells that only check are left out. */
  readonly cells: readonly RunCell[];
  /** Ids of answer cells whose text is still the one that was handed out. */
  readonly untouched: ReadonlySet<string>;
  readonly anomalies: readonly Anomaly[];
}

const maximumSource = 200_000;

const isAnswer = (cell: NotebookCell): boolean => cell.type === 'code' && cell.solution;

/** Cells that run checks in the notebook; the grader asks for itself. */
const isCheck = (cell: NotebookCell): boolean => !cell.solution && (cell.grade || /^\s*(await\s+)?check(All)?\s*\(/m.test(cell.source));

const nameOf = (cell: NotebookCell, index: number): string => cell.gradeId ?? cell.id ?? `cell-${index + 1}`;

const sameText = (a: string, b: string): boolean => a.replace(/\r\n/g, '\n').trimEnd() === b.replace(/\r\n/g, '\n').trimEnd();

/** The submission's cell that stands for a pristine one: same grade id and type, the same cell id preferred, else the last of them. */
function counterpart(pristine: NotebookCell, submitted: readonly NotebookCell[]): { cell?: NotebookCell; copies: number } {
  const marked = submitted.filter(cell => pristine.gradeId !== undefined && cell.gradeId === pristine.gradeId);
  const named = submitted.filter(cell => pristine.id !== undefined && cell.id === pristine.id);
  const candidates = (marked.length > 0 ? marked : named).filter(cell => cell.type === pristine.type);
  const cell = candidates.find(candidate => candidate.id === pristine.id) ?? candidates.at(-1);
  return { cell, copies: candidates.length };
}

/**
 * Builds the notebook that runs: the pristine one, with the answer cells of the submission. Nothing else of the student's file is used, so
 * moved, deleted or edited cells cannot change what is asked. Where the submission was made with an older version of the lab, its answers
 * are found under the names they had there.
 */
export function rebuild(pristineText: string, submittedText: string, migrations: readonly Migration[] = []): Rebuilt {
  const pristine = parseNotebook(pristineText);
  if ('wrong' in pristine) throw new Error(`The released notebook cannot be read: ${pristine.wrong}.`);
  const submitted = parseNotebook(submittedText);
  if ('wrong' in submitted)
    return { cells: [], untouched: new Set(), anomalies: [{ kind: 'unreadable', about: '', detail: submitted.wrong }] };
  const answers = renamed(submitted, pristine.version, migrations);
  const anomalies: Anomaly[] = [];
  const untouched = new Set<string>();
  const cells = pristine.cells.flatMap((cell, index): RunCell[] => {
    const id = nameOf(cell, index);
    const { cell: theirs, copies } = counterpart(cell, answers);
    if (cell.gradeId !== undefined || isAnswer(cell)) note(anomalies, id, { cell, theirs, copies });
    if (cell.type !== 'code' || isCheck(cell)) return [];
    const usable = isAnswer(cell) && theirs !== undefined && theirs.source.length <= maximumSource;
    const source = usable ? theirs.source : cell.source;
    if (isAnswer(cell) && sameText(source, cell.source)) untouched.add(id);
    return [{ id, number: index + 1, source, answer: isAnswer(cell) }];
  });
  return { cells, untouched, anomalies };
}

/** A released cell and the submission's cell that stands for it, with its place in the submitted notebook. */
export interface Pair {
  readonly released: NotebookCell;
  readonly submitted?: { readonly cell: NotebookCell; readonly index: number };
}

/** The cell with this grade id as it was released and as it came back; undefined where the lab has none. What cannot be read is absent. */
export function pairOf(
  { pristine, migrations = [] }: { readonly pristine: string; readonly migrations?: readonly Migration[] },
  submittedText: string,
  gradeId: string,
): Pair | undefined {
  const lab = parseNotebook(pristine);
  const released = 'wrong' in lab ? undefined : lab.cells.find(cell => cell.gradeId === gradeId && cell.solution);
  if ('wrong' in lab || !released) return undefined;
  const theirs = parseNotebook(submittedText);
  const answers = 'wrong' in theirs ? [] : renamed(theirs, lab.version, migrations);
  const { cell } = counterpart(released, answers);
  return { released, ...(cell && { submitted: { cell, index: answers.indexOf(cell) } }) };
}

/** The submission's cells under the names that they have in the version that is graded. */
function renamed(
  { cells, version }: { cells: readonly NotebookCell[]; version?: string },
  current: string | undefined,
  migrations: readonly Migration[],
): readonly NotebookCell[] {
  const migration = version === undefined || current === undefined ? undefined : migrationBetween(migrations, version, current);
  if (!migration) return cells;
  const gone = new Set([...migration.dropped, ...Object.keys(migration.renamed)]);
  const { added } = migration;
  return cells.map(cell => {
    const { gradeId } = cell;
    if (gradeId === undefined) return cell;
    const now = migration.renamed[gradeId];
    if (now !== undefined) return { ...cell, gradeId: now, id: now };
    return gone.has(gradeId) || added.includes(gradeId) ? { ...cell, gradeId: undefined, id: undefined } : cell;
  });
}

function note(anomalies: Anomaly[], about: string, found: { cell: NotebookCell; theirs?: NotebookCell; copies: number }): void {
  const { cell, theirs, copies } = found;
  const add = (kind: Anomaly['kind'], detail: string): void => void anomalies.push({ kind, about, detail });
  if (!theirs) {
    add('missing', isAnswer(cell) ? 'answer cell deleted; the one that was handed out runs' : 'cell deleted; the released one is used');
    return;
  }
  if (copies > 1) add('duplicated', `${copies} cells have this id; ${theirs.id === cell.id ? 'the original' : 'the last'} counts`);
  if (!cell.solution && !sameText(cell.source, theirs.source)) add('changed', 'a given cell was edited; the released one is used');
  if (isAnswer(cell) && theirs.source.length > maximumSource) add('too long', `an answer has at most ${maximumSource} characters`);
}
