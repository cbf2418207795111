import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openGradebook } from '../../../../labs-grading/gradebook/store/store.ts';
import { at, freshCourse, handedIn, reportWith } from './samples.ts';

const grading = (submission: number, gradeKey: string, report = reportWith({ a: 2, b: 0 })) => ({
  submission,
  gradeKey,
  finishedAt: at,
  wallMs: 7,
  report,
});

describe('a gradebook', () => {
  it('gives back what was written, also after it was closed', () => {
    const course = freshCourse();
    const first = openGradebook(course);
    first.putStudents([{ id: 'bo' }, { id: 'al', name: 'Al', ids: { canvas: '7' } }]);
    first.putStudents([{ id: 'bo', email: 'bo@x' }]);
    const submission = first.addSubmission(handedIn('al', { labVersion: 'v1', anomalies: [{ kind: 'changed', about: 'x', detail: 'y' }] }));
    const made = first.addGrading(grading(submission.id, 'key'));
    first.override({ lab: 'lab', student: 'al', question: 'a', score: 1, reason: 'late proof', by: 'ta' });
    first.override({ lab: 'lab', student: 'al', question: 'a', score: undefined, reason: 'taken back', by: 'ta' });
    first.putLab({ lab: 'lab', title: 'Lab', version: 'v1', questions: [] });
    first.close();

    const book = openGradebook(course);
    expect(book.students()).toEqual([
      { id: 'al', name: 'Al', ids: { canvas: '7' } },
      { id: 'bo', email: 'bo@x' },
    ]);
    expect(book.submissions('lab')).toEqual([submission]);
    expect(book.submissions('lab', 'bo')).toEqual([]);
    expect(book.grading(submission.id)).toEqual(made);
    expect(book.grading(submission.id, 'another key')).toBeUndefined();
    expect(book.overrides('lab').map(({ score, reason }) => [score, reason])).toEqual([
      [1, 'late proof'],
      [undefined, 'taken back'],
    ]);
    expect(book.lab('lab')?.version).toBe('v1');
    expect(book.history().map(({ action }) => action)).toEqual(['override', 'override']);
    book.close();
  });

  it('takes the same files at the same time for one submission, and another time for another', () => {
    const book = openGradebook(freshCourse());
    const one = book.addSubmission(handedIn('al'));
    expect(book.addSubmission(handedIn('al'))).toEqual(one);
    expect(book.addSubmission(handedIn('al', { submittedAt: '2026-11-23T12:00:00.000Z' })).id).not.toBe(one.id);
    expect(book.addSubmission(handedIn('bo', { digest: one.digest })).id).not.toBe(one.id);
  });

  it('may be moved with its course', () => {
    const course = freshCourse();
    const book = openGradebook(course);
    book.addSubmission(handedIn('al', { folder: join(course.folder, 'submissions/lab/al/1') }));
    book.close();
    const moved = freshCourse();
    renameSync(course.folder, moved.folder);
    expect(openGradebook(moved).submissions('lab')[0]?.folder).toBe(join(moved.folder, 'submissions/lab/al/1'));
  });

  it('keeps every grading, and reuses the report of a key unless it was not gradable', () => {
    const book = openGradebook(freshCourse());
    const { id } = book.addSubmission(handedIn('al'));
    const broken = reportWith({ a: 0, b: 0 }, { notGradable: 'the checker broke' });
    book.addGrading(grading(id, 'key', broken));
    expect(book.reportOf('key')).toBeUndefined();
    expect(book.gradeKeys('lab')).toEqual(new Map());
    book.addGrading(grading(id, 'key'));
    book.addGrading(grading(id, 'key 2', reportWith({ a: 2, b: 3 })));
    expect(book.reportOf('key')?.score).toBe(2);
    expect(book.gradeKeys('lab')).toEqual(new Map([[id, ['key', 'key 2']]]));
    expect(book.gradings(id).map(({ report }) => report.score)).toEqual([0, 2, 5]);
    book.remember('key 3', reportWith({ a: 0, b: 3 }));
    expect(book.reportOf('key 3')?.score).toBe(3);
    expect(book.gradings(id)).toHaveLength(3);
  });

  it('refuses a manual grade that was made from an older one', () => {
    const book = openGradebook(freshCourse());
    const edit = { lab: 'lab', student: 'al', question: 'essay', grader: 'ta', items: ['x'], adjustment: -1, comment: '', revision: 0 };
    expect(book.putManual(edit).revision).toBe(1);
    expect(() => book.putManual({ ...edit, grader: 'tb' })).toThrow(/ta changed it at .*gradebook\/stale/s);
    book.putManual({ ...edit, grader: 'tb', revision: 1, items: [] });
    expect(book.manual('lab').map(({ grader, revision, items }) => [grader, revision, items])).toEqual([['tb', 2, []]]);
    expect(book.manual('lab', 'bo')).toEqual([]);
  });

  it('publishes as a step of its own, and keeps what was published before', () => {
    const course = freshCourse();
    const book = openGradebook(course);
    const submission = book.addSubmission(handedIn('al'));
    const made = book.addGrading(grading(submission.id, 'key'));
    const student = { student: { id: 'al' }, submission, grading: made, submissions: 1, questions: [], raw: 2, latePenalty: 0 };
    const grades = { lab: 'lab', title: 'Lab', version: 'v1', questions: [], students: [{ ...student, score: 2, maximum: 5 }] };
    expect(book.published('lab')).toBeUndefined();
    const number = book.publish(grades, 'ta');
    expect(book.published('lab')).toEqual(grades);
    book.addGrading(grading(submission.id, 'key 2', reportWith({ a: 2, b: 3 })));
    expect(book.published('lab')).toEqual(grades);
    expect(book.publish({ ...grades, version: 'v2' }, 'ta')).toBe(number + 1);
    expect(book.published('lab')?.version).toBe('v2');
    expect(book.history().filter(({ action }) => action === 'publish')).toHaveLength(2);
  });

  it('lets nobody change or remove what was added', () => {
    const course = freshCourse();
    const book = openGradebook(course);
    const { id } = book.addSubmission(handedIn('al'));
    book.addGrading(grading(id, 'key'));
    const raw = new DatabaseSync(course.database);
    expect(() => raw.exec("UPDATE attempts SET grade_key = 'forged'")).toThrow('only ever added');
    expect(() => raw.exec('DELETE FROM submissions')).toThrow('only ever added');
    expect(raw.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    raw.close();
    expect(() => book.addGrading(grading(id + 1, 'key'))).toThrow('FOREIGN KEY');
  });

  it('leaves a whole copy beside itself', () => {
    const course = freshCourse();
    const book = openGradebook(course);
    book.addSubmission(handedIn('al'));
    book.backup();
    book.addSubmission(handedIn('bo'));
    const copy = openGradebook({ ...course, database: course.database.replace('.sqlite', '.backup.sqlite') });
    expect(copy.submissions('lab').map(({ student }) => student)).toEqual(['al']);
    copy.close();
    book.close();
  });
});
