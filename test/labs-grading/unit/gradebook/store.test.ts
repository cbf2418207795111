import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { at, freshCourse, handedIn, reportWith } from './samples.ts';

const grading = (submission: number, gradeKey: string, report = reportWith({ a: 2, b: 0 })) => ({
  submission,
  gradeKey,
  finishedAt: at,
  wallMs: 7,
  report,
});

describe('a gradebook', () => {
  it('gives back what was written, also after it was closed', async () => {
    const course = freshCourse();
    const first = await openGradebook(course);
    await first.putStudents([{ id: 'bo' }, { id: 'al', name: 'Al', ids: { canvas: '7' } }]);
    await first.putStudents([{ id: 'bo', email: 'bo@x' }]);
    const submission = await first.addSubmission(
      handedIn('al', { labVersion: 'v1', anomalies: [{ kind: 'changed', about: 'x', detail: 'y' }] }),
    );
    const made = await first.addGrading(grading(submission.id, 'key'));
    await first.override({ lab: 'lab', student: 'al', question: 'a', score: 1, reason: 'late proof', by: 'ta' });
    await first.override({ lab: 'lab', student: 'al', question: 'a', score: undefined, reason: 'taken back', by: 'ta' });
    await first.putLab({ lab: 'lab', title: 'Lab', version: 'v1', questions: [] });
    await first.close();

    const book = await openGradebook(course);
    expect(await book.students()).toEqual([
      { id: 'al', name: 'Al', ids: { canvas: '7' } },
      { id: 'bo', email: 'bo@x' },
    ]);
    expect(await book.submissions('lab')).toEqual([submission]);
    expect(await book.submissions('lab', 'bo')).toEqual([]);
    expect(await book.grading(submission.id)).toEqual(made);
    expect(await book.grading(submission.id, 'another key')).toBeUndefined();
    expect((await book.overrides('lab')).map(({ score, reason }) => [score, reason])).toEqual([
      [1, 'late proof'],
      [undefined, 'taken back'],
    ]);
    expect((await book.lab('lab'))?.version).toBe('v1');
    expect((await book.history()).map(({ action }) => action)).toEqual(['override', 'override']);
    await book.close();
  });

  it('takes the same files at the same time for one submission, and another time for another', async () => {
    const book = await openGradebook(freshCourse());
    const one = await book.addSubmission(handedIn('al'));
    expect(await book.addSubmission(handedIn('al'))).toEqual(one);
    expect((await book.addSubmission(handedIn('al', { submittedAt: '2026-11-23T12:00:00.000Z' }))).id).not.toBe(one.id);
    expect((await book.addSubmission(handedIn('bo', { digest: one.digest }))).id).not.toBe(one.id);
  });

  it('may be moved with its course', async () => {
    const course = freshCourse();
    const book = await openGradebook(course);
    await book.addSubmission(handedIn('al', { folder: join(course.folder, 'submissions/lab/al/1') }));
    await book.close();
    const moved = freshCourse();
    renameSync(course.folder, moved.folder);
    expect((await (await openGradebook(moved)).submissions('lab'))[0]?.folder).toBe(join(moved.folder, 'submissions/lab/al/1'));
  });

  it('keeps every grading, and reuses the report of a key unless it was not gradable', async () => {
    const book = await openGradebook(freshCourse());
    const { id } = await book.addSubmission(handedIn('al'));
    const broken = reportWith({ a: 0, b: 0 }, { notGradable: 'the checker broke' });
    await book.addGrading(grading(id, 'key', broken));
    expect(await book.reportOf('key')).toBeUndefined();
    expect(await book.gradeKeys('lab')).toEqual(new Map());
    await book.addGrading(grading(id, 'key'));
    await book.addGrading(grading(id, 'key 2', reportWith({ a: 2, b: 3 })));
    expect((await book.reportOf('key'))?.score).toBe(2);
    expect(await book.gradeKeys('lab')).toEqual(new Map([[id, ['key', 'key 2']]]));
    expect((await book.gradings(id)).map(({ report }) => report.score)).toEqual([0, 2, 5]);
    await book.remember('key 3', reportWith({ a: 0, b: 3 }));
    expect((await book.reportOf('key 3'))?.score).toBe(3);
    expect(await book.gradings(id)).toHaveLength(3);
  });

  it('refuses a manual grade that was made from an older one', async () => {
    const book = await openGradebook(freshCourse());
    const edit = { lab: 'lab', student: 'al', question: 'essay', grader: 'ta', items: ['x'], adjustment: -1, comment: '', revision: 0 };
    expect((await book.putManual(edit)).revision).toBe(1);
    await expect(book.putManual({ ...edit, grader: 'tb' })).rejects.toThrow(/ta changed it at .*gradebook\/stale/s);
    await book.putManual({ ...edit, grader: 'tb', revision: 1, items: [] });
    expect((await book.manual('lab')).map(({ grader, revision, items }) => [grader, revision, items])).toEqual([['tb', 2, []]]);
    expect(await book.manual('lab', 'bo')).toEqual([]);
  });

  it('publishes as a step of its own, and keeps what was published before', async () => {
    const course = freshCourse();
    const book = await openGradebook(course);
    const submission = await book.addSubmission(handedIn('al'));
    const made = await book.addGrading(grading(submission.id, 'key'));
    const student = { student: { id: 'al' }, submission, grading: made, submissions: 1, questions: [], raw: 2, latePenalty: 0 };
    const grades = { lab: 'lab', title: 'Lab', version: 'v1', questions: [], students: [{ ...student, score: 2, maximum: 5 }] };
    expect(await book.published('lab')).toBeUndefined();
    const number = await book.publish(grades, 'ta');
    expect(await book.published('lab')).toEqual(grades);
    await book.addGrading(grading(submission.id, 'key 2', reportWith({ a: 2, b: 3 })));
    expect(await book.published('lab')).toEqual(grades);
    expect(await book.publish({ ...grades, version: 'v2' }, 'ta')).toBe(number + 1);
    expect((await book.published('lab'))?.version).toBe('v2');
    expect((await book.history()).filter(({ action }) => action === 'publish')).toHaveLength(2);
  });

  it('lets nobody change or remove what was added', async () => {
    const course = freshCourse();
    const book = await openGradebook(course);
    const { id } = await book.addSubmission(handedIn('al'));
    await book.addGrading(grading(id, 'key'));
    const raw = new DatabaseSync(course.database);
    expect(() => raw.exec("UPDATE attempts SET grade_key = 'forged'")).toThrow('only ever added');
    expect(() => raw.exec('DELETE FROM submissions')).toThrow('only ever added');
    expect(raw.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    raw.close();
    await expect(book.addGrading(grading(id + 1, 'key'))).rejects.toThrow('FOREIGN KEY');
  });

  it('leaves a whole copy beside itself', async () => {
    const course = freshCourse();
    const book = await openGradebook(course);
    await book.addSubmission(handedIn('al'));
    await book.backup();
    await book.addSubmission(handedIn('bo'));
    const copy = await openGradebook({ ...course, database: course.database.replace('.sqlite', '.backup.sqlite') });
    expect((await copy.submissions('lab')).map(({ student }) => student)).toEqual(['al']);
    await copy.close();
    await book.close();
  });
});
