import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GraderError } from '../../../../labs-grading/base/grader-error.ts';
import { courseIn } from '../../../../labs-grading/collect/course.ts';
import type { Store } from '../../../../labs-grading/gradebook/store/contract.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { at, handedIn, reportWith } from './samples.ts';

const disk = mkdtempSync(join(tmpdir(), 'tinylab-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status === 0;
afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});
if (!mounted) console.warn('A small disk could not be mounted (it takes root): the tests on a full disk are skipped.');

const grow = (size: string): void => void execFileSync('mount', ['-o', `remount,size=${size}`, disk]);

/** Adds gradings until one cannot be written; returns how many could, and why the last could not. */
async function fill(book: Store, from: number): Promise<{ count: number; error: unknown }> {
  for (let i = from; ; i++) {
    try {
      const { id } = await book.addSubmission(handedIn(`s${String(i).padStart(4, '0')}`));
      const output = String(i).repeat(6_000);
      const report = reportWith({ a: 2, b: i % 4 }, { cells: [{ id: 'x', state: 'done', output }] });
      await book.addGrading({ submission: id, gradeKey: `key ${i}`, finishedAt: at, wallMs: i, report });
    } catch (error) {
      return { count: i, error };
    }
  }
}

describe.skipIf(!mounted)('a full disk', () => {
  const course = courseIn(join(disk, 'course'));

  it('is told, nothing of what was written is lost, and work goes on when there is room', async () => {
    const book = await openGradebook(course);
    const { count, error } = await fill(book, 0);
    expect(count).toBeGreaterThan(5);
    expect(error).toBeInstanceOf(GraderError);
    expect((error as GraderError).message).toMatch(/everything before it is kept.*\n.*Make room.*\[gradebook\/disk-full\]/);
    const kept = async (from: Store): Promise<number> => {
      const all = await Promise.all((await from.submissions('lab')).map(({ id }) => from.gradings(id)));
      return all.filter(gradings => gradings.length === 1).length;
    };
    expect(await kept(book)).toBe(count);
    grow('3m');
    const more = await fill(book, count);
    expect(more.count).toBeGreaterThan(count);
    expect(more.error).toMatchObject({ code: 'gradebook/disk-full' });
    await book.close();
    const again = await openGradebook(course);
    expect(await kept(again)).toBe(more.count);
    await again.close();
  });

  it('is told before anything is made', async () => {
    grow('4m');
    try {
      writeFileSync(join(disk, 'filler'), Buffer.alloc(8 * 2 ** 20));
    } catch {
      // This is how it gets full.
    }
    await expect(openGradebook(courseIn(join(disk, 'other')))).rejects.toThrow('gradebook/disk-full');
    rmSync(join(disk, 'filler'));
    const book = await openGradebook(courseIn(join(disk, 'other')));
    expect(await book.submissions('lab')).toEqual([]);
    await book.close();
  });
});
