import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { GraderError } from '../../base/grader-error.ts';
import type { Course } from '../../collect/course.ts';

const holderSchema = z.object({ what: z.string(), pid: z.number(), host: z.string(), since: z.string() });

/**
 * Keeps a course for one command at a time. The lock is the operating system's own (SQLite's on an empty database), so it ends with the
 * process, however that ends. Who holds it stands in a file beside it, for people.
 * @throws GraderError `gradebook/busy`, naming who holds it.
 */
export function lockCourse(course: Course, what: string): { release(): void } {
  mkdirSync(course.folder, { recursive: true });
  const path = join(course.folder, 'grading.lock');
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('BEGIN IMMEDIATE');
  } catch (error) {
    lock.close();
    if (((error as { errcode?: number }).errcode ?? 0) !== 5) throw error;
    throw new GraderError('gradebook/busy', `${course.folder} is in use: ${holder(path)}.`, 'Wait for it, or end it, and run again.');
  }
  writeFileSync(`${path}.json`, JSON.stringify({ what, pid: process.pid, host: hostname(), since: new Date().toISOString() }));
  return { release: () => lock.close() };
}

function holder(path: string): string {
  try {
    const { what, pid, host, since } = holderSchema.parse(JSON.parse(readFileSync(`${path}.json`, 'utf8')));
    return `${what}, process ${pid} on ${host}, since ${since}`;
  } catch {
    return 'another command holds it';
  }
}
