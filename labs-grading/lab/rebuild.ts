import { delivered, matchCells, type ReadCell, type ReadNotebook, type RunCell, readNotebook } from '../../scripts/notebook/reader.mjs';
import { type Anomaly, type HandInState, reasonOf } from '../base/anomaly.ts';
import type { Reading } from '../collect/choose-notebook.ts';
import type { GradedLab } from './labs.ts';
import { type Migration, migrationBetween } from './migrations.ts';

export type { RunCell };

/** What is graded of a hand-in. */
export interface Rebuilt {
  /** Code cells to run, in the order of the pristine notebook; cells that only check or show are left out. None where `handIn` says why. */
  readonly cells: readonly RunCell[];
  /** Ids of answer cells whose text is still the one that was handed out. */
  readonly untouched: ReadonlySet<string>;
  readonly anomalies: readonly Anomaly[];
  /** How many answers somebody has written. */
  readonly written: number;
  /** What was handed in under an older name, old → new. */
  readonly renamedDeliverables: Readonly<Record<string, string>>;
  /** Why nothing of it can be asked. */
  readonly handIn?: HandInState;
}

type Answers = ReadonlyMap<string, readonly ReadCell[]>;
const nothing = { cells: [], untouched: new Set<string>(), written: 0, renamedDeliverables: {} };

/**
 * Builds the notebook that runs: the pristine one, with the answers of the submission and what they need. Nothing else of the student's file is
 * used, so moved, deleted or edited cells cannot change what is asked. Where the submission was made with an older version of the lab, its
 * answers are found under the names they had there.
 */
export function rebuild(pristineText: string, submitted: string | Uint8Array, migrations: readonly Migration[] = []): Rebuilt {
  const { answers: _, released: __, ...rebuilt } = matched(pristineText, submitted, migrations);
  return rebuilt;
}

function matched(
  pristineText: string,
  submitted: string | Uint8Array,
  migrations: readonly Migration[],
): Rebuilt & { readonly answers: Answers; readonly released: readonly ReadCell[] } {
  const pristine = pristineCells(pristineText);
  const read = readNotebook(submitted);
  if ('wrong' in read)
    return {
      ...nothing,
      answers: new Map(),
      released: pristine.cells,
      handIn: 'unreadable',
      anomalies: [{ kind: 'unreadable', about: '', detail: read.wrong }],
    };
  const migration = migrationOf(read, pristine.version, migrations);
  const { state, untouched, ...match } = matchCells(pristine, migration ? renamed(read, migration) : read);
  const renamedDeliverables = migration?.deliverables ?? {};
  return { ...match, released: pristine.cells, untouched: new Set(untouched), renamedDeliverables, ...(state && { handIn: state }) };
}

function pristineCells(text: string): ReadNotebook {
  const pristine = readNotebook(text);
  if ('wrong' in pristine) throw new Error(`The released notebook cannot be read: ${pristine.wrong}.`);
  return pristine;
}

/** Names under which the lab's notebook hands something in. */
export const deliveredBy = ({ pristine }: Pick<GradedLab, 'pristine'>): string[] =>
  pristineCells(pristine).cells.flatMap(({ source }) => delivered(source));

/** What is told of a notebook before it is graded: the same as when it is. `undefined` stands for a hand-in without one. */
export function readingOf(lab: Pick<GradedLab, 'pristine' | 'migrations'>, notebook: Uint8Array | undefined): Reading {
  if (notebook === undefined) return { handIn: 'unreadable', anomalies: [], written: 0 };
  const { handIn, anomalies, written } = rebuild(lab.pristine, notebook, lab.migrations);
  return { anomalies, written, ...(handIn && { handIn }) };
}

/** An answer cell as it was released, and the cells of the submission that are the answer. */
export interface Pair {
  readonly released: ReadCell;
  readonly submitted: readonly ReadCell[];
  /** Why there is none. */
  readonly why?: string;
  readonly anomalies: readonly Anomaly[];
}

/** Answer cells by grade id, each as it was released and as it came back; undefined for one that the lab does not have. */
export function pairsOf(
  { pristine, migrations = [] }: Pick<GradedLab, 'pristine' | 'migrations'>,
  submitted: string | Uint8Array,
): (gradeId: string) => Pair | undefined {
  const { answers, handIn, anomalies, released: cells } = matched(pristine, submitted, migrations);
  const why = handIn && `${handIn}: ${reasonOf(handIn, anomalies) ?? ''}`;
  return gradeId => {
    const released = cells.find(cell => cell.gradeId === gradeId && cell.solution);
    return released && { released, submitted: answers.get(gradeId) ?? [], anomalies, ...(why !== undefined && { why }) };
  };
}

/** What lies between the version that a notebook is of and the one that is graded. */
const migrationOf = ({ version }: ReadNotebook, current: string | undefined, migrations: readonly Migration[]): Migration | undefined =>
  version === undefined || current === undefined ? undefined : migrationBetween(migrations, version, current);

/** The submission's cells under the names that they have in the version that is graded. */
function renamed(read: ReadNotebook, migration: Migration): ReadNotebook {
  const gone = new Set([...migration.dropped, ...Object.keys(migration.renamed)]);
  const { added } = migration;
  const cells = read.cells.map((cell): ReadCell => {
    const { gradeId } = cell;
    if (gradeId === undefined) return cell;
    const now = migration.renamed[gradeId];
    if (now !== undefined) return { ...cell, gradeId: now, id: now };
    return gone.has(gradeId) || added.includes(gradeId) ? { ...cell, gradeId: undefined, id: undefined, gone: true } : cell;
  });
  return { ...read, cells };
}
