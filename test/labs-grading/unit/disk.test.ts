import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array } from 'tinylab';
import { saveDeliverable } from 'tinylab/grading';
import { afterAll, describe, expect, it } from 'vitest';
import { assertWritable, diskError } from '../../../labs-grading/base/disk.ts';
import { GraderError } from '../../../labs-grading/base/grader-error.ts';
import { writeWhole } from '../../../labs-grading/base/write-whole.ts';
import { courseIn } from '../../../labs-grading/collect/course.ts';
import { lockLab } from '../../../labs-grading/gradebook/store/lock.ts';
import { openGradebook } from '../../../labs-grading/gradebook/store/sqlite-store.ts';

// What cannot be written is told by its place, the reason and the next step, and leaves nothing half-done.

const top = mkdtempSync(join(tmpdir(), 'tinylab-disk-'));
const [readOnly, full, blocked] = ['read-only', 'full', 'blocked'].map(name => join(top, name)) as [string, string, string];
for (const folder of [join(readOnly, 'course'), full, blocked]) mkdirSync(folder, { recursive: true });
writeFileSync(join(readOnly, 'course', 'there.txt'), 'old');
writeFileSync(join(blocked, 'course'), 'a file');
await openGradebook(courseIn(join(readOnly, 'kept'))).then(book => book.close());

const root = process.getuid?.() === 0;
const tried = (...args: readonly string[]): boolean => spawnSync(args[0] as string, args.slice(1)).status === 0;
const bound = root && tried('mount', '--bind', readOnly, readOnly) && tried('mount', '-o', 'remount,ro,bind', readOnly);
const small = root && tried('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', full);
// Where no disk can be mounted, the right to write is what is missing.
if (!bound) for (const name of ['course', 'kept', '']) chmodSync(join(readOnly, name), 0o500);

afterAll(() => {
  if (bound) execFileSync('umount', ['-l', readOnly]);
  if (small) execFileSync('umount', ['-l', full]);
  if (!bound) for (const name of ['', 'course', 'kept']) chmodSync(join(readOnly, name), 0o700);
  rmSync(top, { recursive: true, force: true });
});

/** What a command would say. */
async function said(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    const told = error instanceof GraderError ? error : diskError(error);
    if (!told) throw error;
    return told.message;
  }
  throw new Error('It was written.');
}

const refusals = /its disk is read-only|this user has no right to/;
const next = /\n {2}(Make the disk writable|Change its rights \(chown, chmod\)), or name another place, and run the command again\./;

describe.skipIf(root && !bound)('a course that cannot be written', () => {
  const course = courseIn(join(readOnly, 'course'));

  it.each<[string, string, () => unknown]>([
    ['a new gradebook', course.database, () => openGradebook(course)],
    ['a gradebook that is there', courseIn(join(readOnly, 'kept')).database, () => openGradebook(courseIn(join(readOnly, 'kept')))],
    ['the lock of a lab', course.folder, () => lockLab(course, 'lab', 'grade')],
    ['a new course', join(readOnly, 'new'), () => openGradebook(courseIn(join(readOnly, 'new')))],
    ['a page', join(course.folder, 'feedback/lab/ada.html'), () => writeWhole(join(course.folder, 'feedback/lab/ada.html'), 'x')],
    ['a file that is there', join(course.folder, 'there.txt'), () => writeWhole(join(course.folder, 'there.txt'), 'x')],
    ['several files', join(course.folder, 'there.txt'), () => assertWritable([join(top, 'x'), join(course.folder, 'there.txt')])],
  ])('%s', async (_, place, work) => {
    const text = await said(work);
    expect(text).toContain(place);
    expect(text).toMatch(refusals);
    expect(text).toMatch(next);
    expect(text).not.toMatch(/\bat .*:\d+|\.part/);
    expect(readdirSync(course.folder)).toEqual(['there.txt']);
  });

  it('a deliverable of a notebook', () => {
    const save = (): void => saveDeliverable(join(course.folder, 'deliverables'), 'curve', [1, 2]);
    expect(save).toThrow(`curve.json cannot be saved in ${join(course.folder, 'deliverables')}`);
  });
});

it('a file where a folder has to be', async () => {
  const course = courseIn(join(blocked, 'course'));
  for (const work of [
    () => openGradebook(course),
    () => openGradebook(courseIn(join(course.folder, 'deeper'))),
    () => writeWhole(join(course.folder, 'a/b.html'), 'x'),
  ]) {
    const text = await said(work);
    expect(text).toMatch(/course.* cannot be written: .*it is a file where a folder has to be\.\n {2}Move it away, or name another place/);
  }
  const save = (): void => saveDeliverable(course.folder, 'w', array([1], [1]));
  expect(save).toThrow(/w\.json cannot be saved in .*course \((ENOTDIR|EEXIST)/);
  expect(readdirSync(blocked)).toEqual(['course']);
});

it('what a command could not write, it has not done', async () => {
  const course = courseIn(join(top, 'told'));
  const lab = 'test/labs-grading/fixtures/mini-lab';
  const book = await openGradebook(course);
  await book.addSubmission({
    lab: 'mini-lab',
    student: 'ada',
    folder: 'x',
    digest: 'x',
    submittedAt: '2026-01-02T03:04:05Z',
    source: 'folder',
    anomalies: [],
  });
  for (const name of ['exports', 'feedback', 'submissions']) writeFileSync(join(course.folder, name), 'a file');
  const source = join(top, 'handed-in');
  mkdirSync(join(source, 'ben'), { recursive: true });
  const out = join(blocked, 'course/out');
  for (const [place, ...args] of [
    [course.exports('mini-lab'), 'publish', lab, '--unfinished'],
    [course.feedback('mini-lab'), 'feedback', lab, '--draft'],
    [course.submissions('mini-lab'), 'collect', lab, source],
    [out, 'grade', lab, '--details', out],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', 'labs-grading/cli.ts', ...args, '--course', course.folder], {
      encoding: 'utf8',
    });
    expect(stderr).toContain(place);
    expect(stderr).toMatch(/cannot be written: .*it is a file where a folder has to be\.\n {2}\S/);
    expect(stderr).not.toMatch(/ENOTDIR|EEXIST|\bat .*:\d+/);
    expect(status).toBe(2);
  }
  expect(await book.published('mini-lab')).toBeUndefined();
  expect(await book.submissions('mini-lab')).toHaveLength(1);
  await book.close();
}, 60_000);

it.skipIf(!small)('a full disk', async () => {
  const text = await said(() => writeWhole(join(full, 'page.html'), 'x'.repeat(2 ** 20)));
  expect(text).toBe(
    `${join(full, 'page.html')} cannot be written: no room is left.\n  Make room and run the command again; it goes on where it stopped.`,
  );
  expect(() => saveDeliverable(full, 'w', array([2 ** 16], new Float32Array(2 ** 16)))).toThrow(/w\.json cannot be saved in .* \(ENOSPC/);
  expect(readdirSync(full)).toEqual([]);
});

it('any other error stays what it is', () => {
  for (const error of [
    new TypeError('x'),
    Object.assign(new Error('gone'), { code: 'ENOENT', syscall: 'open', path: '/gone' }),
    undefined,
    'text',
  ])
    expect(diskError(error)).toBeUndefined();
});
