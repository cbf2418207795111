import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { releasedName } from '../../scripts/notebook/reader.mjs';
import { projectFolder } from '../base/project.ts';
import { type Migration, readMigrations } from './migrations.ts';

/** What grading needs of a lab. */
export interface GradedLab {
  readonly id: string;
  /** What a command calls it: its id, or the folder that was named. Its id, where there is none. */
  readonly asked?: string;
  /** Text of the notebook that students were given. */
  readonly pristine: string;
  /** Path of checks.ts. */
  readonly checks: string;
  /** Path of hidden.ts, where there is one. */
  readonly hidden?: string;
  /** What changed between the lab's versions: answers in a notebook of an older version are found under their old names. */
  readonly migrations?: readonly Migration[];
}

/** Names of all labs of the project. */
export function labIds(): string[] {
  const folder = join(projectFolder, 'notebooks');
  const isLab = (name: string): boolean => existsSync(join(folder, name, 'checks.ts'));
  return existsSync(folder) ? readdirSync(folder).filter(isLab).sort() : [];
}

/** A lab in a folder of its own: checks.ts, the notebook, and perhaps hidden.ts beside them. */
export function labIn(folder: string, id: string, hidden: string = join(folder, 'hidden.ts')): GradedLab {
  // Somebody may have written into the notebook itself; the copy is as it was released.
  const copy = join(folder, releasedName);
  const pristine = readFileSync(existsSync(copy) ? copy : join(folder, `${id}.ipynb`), 'utf8');
  const migrations = readMigrations(join(dirname(hidden), 'migrations.json'));
  return {
    id,
    pristine,
    checks: join(folder, 'checks.ts'),
    ...(existsSync(hidden) && { hidden }),
    ...(migrations.length > 0 && { migrations }),
  };
}

/** A lab as the next command names it; quoted where a shell would take it apart. */
export function calledIn({ id, asked = id }: Pick<GradedLab, 'id' | 'asked'>): string {
  return /^[\w./@%+:,-]+$/.test(asked) ? asked : `'${asked.replaceAll("'", `'\\''`)}'`;
}

/** The lab of the project with this id, or the one in this folder. @throws Error naming the labs there are. */
export function labOf(id: string): GradedLab {
  if (labIds().includes(id))
    return labIn(join(projectFolder, 'notebooks', id), id, join(projectFolder, 'labs-grading/labs', id, 'hidden.ts'));
  if (existsSync(join(id, 'checks.ts'))) return { ...labIn(resolve(id), basename(resolve(id))), asked: id };
  throw new Error(`There is no lab ${JSON.stringify(id)}. Labs: ${labIds().join(', ') || 'none yet'}.`);
}
