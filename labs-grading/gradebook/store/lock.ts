import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { GraderError } from '../../base/grader-error.ts';
import { writeWhole } from '../../base/write-whole.ts';
import type { Course } from '../../collect/course.ts';
import { explained } from './database.ts';

const holderSchema = z.object({
  what: z.string(),
  pid: z.number(),
  host: z.string(),
  since: z.string(),
  underWay: z.array(z.object({ student: z.string(), since: z.string() })).default([]),
});

/** A submission that is being graded. */
export interface UnderWay {
  readonly student: string;
  /** ISO 8601. */
  readonly since: string;
}

/** A lab that one command has for itself. */
export interface Lock {
  /** Tells who looks what is being graded now. */
  tell(underWay: readonly UnderWay[]): void;
  release(): void;
}

const lockOf = (course: Course, lab: string): string => join(course.folder, `grading-${lab}.lock`);

/**
 * Keeps a lab for one command at a time; other labs of the course are free. The lock is the operating system's own (SQLite's on an empty
 * database), so it ends with the process, however that ends. Who holds it, and what it does, stands in a file beside it, for people.
 * @throws GraderError `gradebook/busy`, naming who holds it.
 */
export function lockLab(course: Course, lab: string, command: string): Lock {
  mkdirSync(course.folder, { recursive: true });
  const path = lockOf(course, lab);
  const lock = explained(path, () => new DatabaseSync(path, { timeout: 0 }));
  try {
    explained(path, () => lock.exec('BEGIN IMMEDIATE'));
  } catch (error) {
    lock.close();
    if (!(error instanceof GraderError && error.code === 'gradebook/busy')) throw error;
    const who = holder(path);
    throw new GraderError('gradebook/busy', `${lab} of ${course.folder} is in use: ${who}.`, 'Wait for it, or end it, and run again.');
  }
  const about = { what: `${command} ${lab}`, pid: process.pid, host: hostname(), since: new Date().toISOString() };
  const tell = (underWay: readonly UnderWay[]): void => writeWhole(`${path}.json`, JSON.stringify({ ...about, underWay }));
  tell([]);
  return {
    tell,
    release: () => {
      // Nobody is told of a run that is over.
      rmSync(`${path}.json`, { force: true });
      lock.close();
    },
  };
}

/** What a run on this lab is doing now, in a line each; nothing where none is under way here. */
export function underWay(course: Course, lab: string): string[] {
  const held = holderOf(lockOf(course, lab));
  if (!held) return [];
  const each = held.underWay.map(({ student, since }) => `  ${student}, since ${since}`);
  return [`Under way: ${held.what}, process ${held.pid} on ${held.host}, since ${held.since}.`, ...each];
}

/** Who says that they hold a lock. The file stays behind a process that was killed: on this machine it is looked up. */
function holderOf(path: string): z.infer<typeof holderSchema> | undefined {
  try {
    const found = holderSchema.parse(JSON.parse(readFileSync(`${path}.json`, 'utf8')));
    return found.host === hostname() && !existsSync(`/proc/${found.pid}`) ? undefined : found;
  } catch {
    return undefined;
  }
}

function holder(path: string): string {
  const held = holderOf(path);
  return held ? `${held.what}, process ${held.pid} on ${held.host}, since ${held.since}` : 'another command holds it';
}
