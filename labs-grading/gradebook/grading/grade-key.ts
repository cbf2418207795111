import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { maximumDeliverableBytes, Refused, readRegular } from '../../collect/intake.ts';
import type { GradedLab } from '../../lab/labs.ts';
import { rebuild } from '../../lab/rebuild.ts';
import type { Limits } from '../../run/limits.ts';

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** What decides a grade besides the answers. */
export interface Circumstances {
  /** `labContent` of the lab. */
  readonly lab: string;
  /** `runnerVersion` of this machine and this code. */
  readonly runner: string;
  readonly limits: Limits;
  readonly seed: number;
  readonly full: boolean;
  /** Versions of the tools that the lab's questions need, by name; null for one that this machine lacks. */
  readonly tools?: Readonly<Record<string, string | null>>;
}

/**
 * A grade key is `CIRCUMSTANCES.ANSWERS`, both hashed; one of a run that asked more or less has a third part, `confirm-K-N` or `only-QUESTION`.
 * The first part alone tells whether a submission, whose files never change, needs grading again.
 */
export function circumstancesKey({ lab, runner, limits, seed, full, tools = {} }: Circumstances): string {
  const versions = Object.entries(tools).sort();
  return short(JSON.stringify([lab, runner, Object.entries(limits).sort(), seed, full, ...(versions.length > 0 ? [versions] : [])]));
}

/**
 * Hash of what a student answered: the cells that run, what handed-in files hold, and what is odd about either. The cells are found as the
 * grader finds them, under older names too: what is graded apart must never have one key.
 */
export function answersKey(
  { pristine, migrations }: Pick<GradedLab, 'pristine' | 'migrations'>,
  notebook: string | Uint8Array | { readonly refused: string },
  folder: string,
): string {
  const isThere = typeof notebook === 'string' || notebook instanceof Uint8Array;
  const answered = isThere ? rebuild(pristine, notebook, migrations) : { cells: [], anomalies: [notebook.refused] };
  const cells = answered.cells.filter(({ answer }) => answer).map(({ id, source }) => [id, source]);
  return short(JSON.stringify([cells, answered.cells.length, answered.anomalies, deliverables(join(folder, 'deliverables'))]));
}

function deliverables(folder: string): readonly (readonly [name: string, content: string])[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map(name => [name, content(join(folder, name))]);
}

function content(path: string): string {
  try {
    return createHash('sha256').update(readRegular(path, maximumDeliverableBytes)).digest('hex');
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

/** Whether an grading with this key graded the whole submission under these circumstances, confirmed as asked. */
export function isDone(gradeKey: string, circumstances: string, confirm?: string): boolean {
  const [under, , more = ''] = gradeKey.split('.');
  return under === circumstances && (confirm === undefined ? !more.startsWith('only-') : more === confirm);
}
