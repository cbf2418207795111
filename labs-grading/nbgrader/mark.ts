import { z } from 'zod';
import type { Cell } from '../release/cells.ts';

// nbgrader's cell metadata, version 3, and how it brings older versions there (nbgraderformat, nbgrader 0.9).

const flag = z.boolean();

const schema = z.strictObject({
  schema_version: z.literal(3),
  grade: flag,
  solution: flag,
  locked: flag,
  task: flag.optional(),
  grade_id: z
    .string()
    .regex(/^[a-zA-Z0-9_-]*$/, 'has other characters than letters, digits, _ and -')
    .optional(),
  points: z.number().min(0).optional(),
  checksum: z.string().length(32).optional(),
  cell_type: z.enum(['raw', 'code', 'markdown']).optional(),
});

export type NbgraderMark = z.infer<typeof schema>;

/** A mark as version 3, or why it is none; none at all where an old version marked nothing. */
export interface ReadMark {
  readonly mark?: NbgraderMark;
  readonly warnings: readonly string[];
  readonly problem?: string;
}

const newest = 3;

/** Reads the mark of a cell of any version up to 3. */
export function readMark({ type, metadata }: Cell): ReadMark {
  const raw = metadata.nbgrader;
  if (raw === undefined) return { warnings: [] };
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { warnings: [], problem: 'its nbgrader metadata is no object' };
  const meta: Record<string, unknown> = { ...raw };
  const version = meta.schema_version ?? 0;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0)
    return { warnings: [], problem: `its schema_version should be a whole number; got ${JSON.stringify(version)}` };
  if (version > newest)
    return { warnings: [], problem: `its schema_version ${version} is too new: versions up to ${newest} are known; update TinyLab` };
  const { warnings, gone, problem } = upgrade(meta, { version, type });
  if (problem) return { warnings, problem };
  if (gone) return { warnings };
  return checked(meta, { type, warnings });
}

interface Upgraded {
  readonly warnings: string[];
  /** The mark marked nothing. */
  readonly gone?: boolean;
  readonly problem?: string;
}

/** Brings a mark to version 3, in place. */
function upgrade(meta: Record<string, unknown>, { version, type }: { version: number; type: Cell['type'] }): Upgraded {
  const warnings = version < newest ? [`nbgrader metadata of version ${version}, read as version ${newest}`] : [];
  if (version === 0) {
    for (const name of ['grade', 'solution', 'locked']) meta[name] ??= false;
    if (!meta.grade && !meta.solution && !meta.locked) return { warnings, gone: true };
    const problem = upgradePoints(meta);
    if (problem) return { warnings, problem };
  }
  if (version < 2 && 'checksum' in meta && !('cell_type' in meta)) meta.cell_type = type;
  meta.schema_version = newest;
  for (const key of Object.keys(meta)) {
    if (key in schema.shape) continue;
    warnings.push(`unknown key ${JSON.stringify(key)}, left out`);
    delete meta[key];
  }
  return { warnings };
}

/** Version 0 wrote points as text, also where nothing is graded. */
function upgradePoints(meta: Record<string, unknown>): string | undefined {
  if (!meta.grade) {
    delete meta.points;
    return undefined;
  }
  const points = Number(meta.points ?? 0);
  if (Number.isNaN(points)) return `its points should be a number; got ${JSON.stringify(meta.points)}`;
  meta.points = Math.max(points, 0);
  return undefined;
}

/** The schema, then what it cannot say. */
function checked(meta: Record<string, unknown>, { type, warnings }: { type: Cell['type']; warnings: readonly string[] }): ReadMark {
  const parsed = schema.safeParse(meta);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { warnings, problem: `its ${issue?.path.join('.') || 'metadata'}: ${issue?.message}` };
  }
  const mark = parsed.data;
  const changed = mark.cell_type !== undefined && mark.cell_type !== type ? [`was a ${mark.cell_type} cell and is a ${type} cell`] : [];
  const problem = invalid(mark, type);
  return { mark, warnings: [...warnings, ...changed], ...(problem !== undefined && { problem }) };
}

function invalid({ grade, solution, locked, task, grade_id, points }: NbgraderMark, type: Cell['type']): string | undefined {
  if ((grade || solution || locked) && !grade_id) return grade_id === '' ? 'its grade_id is empty' : 'it has no grade_id';
  if (grade && points === undefined) return 'it is graded and has no points';
  if (task) return type === 'markdown' ? undefined : 'a task should be a markdown cell';
  if (type === 'markdown' && grade && !solution) return 'a graded markdown cell should be a solution too';
  if (type === 'markdown' && solution && !grade) return 'a solution in markdown should be graded too';
  return undefined;
}

/** What a mark makes of its cell. */
export type NbgraderRole = 'answer' | 'check' | 'manual' | 'task' | 'given' | 'free';

/** The role of a cell; `locked` counts where nothing else does. */
export function roleOfMark(mark: NbgraderMark | undefined): NbgraderRole {
  if (!mark) return 'free';
  if (mark.task) return 'task';
  if (mark.solution) return mark.grade ? 'manual' : 'answer';
  if (mark.grade) return 'check';
  return mark.locked ? 'given' : 'free';
}
