import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Course } from '../../../../labs-grading/collect/course.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { at, freshCourse, handedIn, reportWith } from './samples.ts';

const gradings = 40;
/** A course as it lies on disk while it is open, and the length of its journal after each grading. */
let course: Course;
let onDisk: Course;
const lengths: number[] = [];

// SQLite syncs the journal before a commit returns (synchronous = FULL), so a power cut keeps the journal up to some byte behind the last
// commit that returned. What it does not keep is told from what it does by the checksum of each frame.
beforeAll(async () => {
  course = freshCourse();
  onDisk = freshCourse();
  const book = await openGradebook(course);
  for (let i = 0; i < gradings; i++) {
    const { id } = await book.addSubmission(handedIn(`s${i}`));
    const text = 'x'.repeat((i * 7919) % 9_000);
    const report = reportWith({ a: i % 3, b: 3 }, { cells: [{ id: `cell ${i}`, state: 'done', output: text }] });
    await book.addGrading({ submission: id, gradeKey: `key ${i}`, finishedAt: at, wallMs: i, report });
    lengths.push(statSync(`${course.database}-wal`).size);
  }
  mkdirSync(onDisk.folder);
  copyFileSync(course.database, onDisk.database);
  copyFileSync(`${course.database}-wal`, `${onDisk.database}-wal`);
  await book.close();
});

/** A course with this database and this journal. */
function left(journal: Uint8Array): Course {
  const made = freshCourse();
  mkdirSync(made.folder);
  copyFileSync(onDisk.database, made.database);
  writeFileSync(`${made.database}-wal`, journal);
  return made;
}

async function expectWhole(made: Course, count: number): Promise<void> {
  const book = await openGradebook(made);
  const found = (await Promise.all((await book.submissions('lab')).map(({ id }) => book.gradings(id)))).flat();
  expect(found.map(({ wallMs }) => wallMs).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  expect(found.every(({ report, wallMs }) => report.cells[0]?.id === `cell ${wallMs}`)).toBe(true);
  // It goes on from there.
  const { id } = await book.addSubmission(handedIn('next'));
  await book.addGrading({ submission: id, gradeKey: 'next', finishedAt: at, wallMs: 0, report: reportWith({ a: 2, b: 3 }) });
  await book.close();
  const again = await openGradebook(made);
  const [next] = await again.submissions('lab', 'next');
  expect(await again.gradings(next?.id as number)).toHaveLength(1);
  await again.close();
}

describe('a journal that ends too early', () => {
  it('holds every grading up to its end, and none in part', async () => {
    const journal = readFileSync(`${onDisk.database}-wal`);
    expect(journal.length).toBe(lengths.at(-1));
    const rng = random(5);
    const cuts = [0, 1, 31, 32, 33, journal.length - 1, journal.length, ...lengths.slice(0, 5).flatMap(length => [length - 1, length])];
    for (let i = 0; i < 60; i++) cuts.push(rng.int(0, journal.length));
    for (const cut of cuts) {
      const count = lengths.filter(length => length <= cut).length;
      await expectWhole(left(journal.subarray(0, cut)), count);
    }
  });

  it('holds them too when its end is full of rubbish, as a disk may leave it', async () => {
    const journal = readFileSync(`${onDisk.database}-wal`);
    const rng = random(6);
    for (let i = 0; i < 30; i++) {
      const cut = rng.int(32, journal.length - 1);
      const torn = Buffer.from(journal);
      for (let byte = cut; byte < torn.length; byte++) torn[byte] = rng.int(0, 255);
      await expectWhole(left(torn), lengths.filter(length => length <= cut).length);
    }
  });
});
