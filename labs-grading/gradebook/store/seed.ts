import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraderError } from '../../base/grader-error.ts';
import type { Course } from '../../collect/course.ts';

const place = (course: Course): string => join(course.folder, 'seed');

/**
 * The seed of a course's generated cases, drawn when it is first asked for and the same from then on: who knows it can work out what will be
 * asked. It lies in the course's folder, for its owner only.
 * @throws GraderError where the file is there and holds none.
 */
export function courseSeed(course: Course): number {
  return knownSeed(course) ?? drawn(course);
}

/** The seed, where one has been drawn. */
export function knownSeed(course: Course): number | undefined {
  const text = read(place(course));
  if (text === undefined) return undefined;
  if (/^\d{1,15}\n?$/.test(text)) return Number(text);
  const next = 'Write the whole number that was there, or take the file away to draw another; then everybody is graded again.';
  throw new GraderError('course/settings', `${place(course)} holds no seed.`, next);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function drawn(course: Course): number {
  mkdirSync(course.folder, { recursive: true });
  try {
    writeFileSync(place(course), `${randomInt(2 ** 31, 2 ** 47)}\n`, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    // A run on another lab of the course was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return knownSeed(course) as number;
}
