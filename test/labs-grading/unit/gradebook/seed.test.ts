import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { courseSeed, knownSeed } from '../../../../labs-grading/gradebook/store/seed.ts';
import { freshCourse } from './samples.ts';

describe('the seed of a course', () => {
  it('is drawn once, kept, and readable by its owner only', () => {
    const course = freshCourse();
    expect(knownSeed(course)).toBeUndefined();
    const seed = courseSeed(course);
    expect([courseSeed(course), knownSeed(course)]).toEqual([seed, seed]);
    expect(statSync(join(course.folder, 'seed')).mode & 0o777).toBe(0o600);
  });

  it('is another in another course, and none that anybody would try', () => {
    const seeds = Array.from({ length: 20 }, () => courseSeed(freshCourse()));
    expect(new Set(seeds).size).toBe(20);
    expect(Math.min(...seeds)).toBeGreaterThan(2 ** 31 - 1);
  });

  it('that cannot be read is refused, and never replaced', () => {
    const course = freshCourse();
    courseSeed(course);
    const path = join(course.folder, 'seed');
    writeFileSync(path, 'one');
    expect(() => courseSeed(course)).toThrow(/holds no seed[\s\S]*Write the whole number/);
    expect(readFileSync(path, 'utf8')).toBe('one');
  });
});
