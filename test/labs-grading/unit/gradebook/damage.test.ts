import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Course } from '../../../../labs-grading/collect/course.ts';
import { lockLab, underWay } from '../../../../labs-grading/gradebook/store/lock.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { at, freshCourse, handedIn, reportWith } from './samples.ts';

/** A course with twenty graded students, closed. */
async function filled(): Promise<Course> {
  const course = freshCourse();
  const book = await openGradebook(course);
  for (let i = 0; i < 20; i++) {
    const { id } = await book.addSubmission(handedIn(`s${i}`));
    await book.addGrading({ submission: id, gradeKey: `key ${i}`, finishedAt: at, wallMs: 1, report: reportWith({ a: i % 3, b: 3 }) });
  }
  await book.close();
  return course;
}

describe('a damaged gradebook', () => {
  const corrupt = /is damaged: .*Nothing was read from it.*Move it and its -wal file away.*\[gradebook\/corrupt\]/s;

  it('is told, with what to do, when it is no database any more', async () => {
    const course = await filled();
    writeFileSync(course.database, 'x'.repeat(10_000));
    await expect(openGradebook(course)).rejects.toThrow(corrupt);
  });

  it('is never taken for an empty course', async () => {
    const course = await filled();
    truncateSync(course.database, 0);
    await expect(openGradebook(course)).rejects.toThrow(corrupt);
    const gone = freshCourse();
    mkdirSync(gone.folder, { recursive: true });
    writeFileSync(`${gone.database}-wal`, 'journal');
    await expect(openGradebook(gone)).rejects.toThrow(/the database itself is gone/);
  });

  it('is told wherever it was cut off', async () => {
    const course = await filled();
    const whole = readFileSync(course.database);
    for (let bytes = 512; bytes < whole.length; bytes += 4096) {
      writeFileSync(course.database, whole.subarray(0, bytes));
      await expect(openGradebook(course), `${bytes} bytes`).rejects.toThrow(corrupt);
    }
  });

  it('is told when a report is another text than was written', async () => {
    const course = await filled();
    const raw = new DatabaseSync(course.database);
    raw.exec(`DROP TRIGGER reports_stay; UPDATE reports SET body = replace(body, '"score":5', '"score":4')`);
    raw.close();
    const book = await openGradebook(course);
    const [first, third] = [(await book.submissions('lab', 's0'))[0], (await book.submissions('lab', 's2'))[0]];
    expect((await book.grading(first?.id as number))?.report.score).toBe(3);
    await expect(book.grading(third?.id as number)).rejects.toThrow(/is not what was written.*gradebook\/corrupt/s);
    await book.close();
  });

  it('names the copy to go back to, where there is one', async () => {
    const course = await filled();
    const book = await openGradebook(course);
    await book.backup();
    await book.close();
    truncateSync(course.database, statSync(course.database).size - 4096);
    await expect(openGradebook(course)).rejects.toThrow('gradebook.backup.sqlite');
  });

  it('is not opened when a newer version wrote it', async () => {
    const course = await filled();
    const raw = new DatabaseSync(course.database);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    await expect(openGradebook(course)).rejects.toThrow('gradebook/newer');
  });
});

describe('the lock of a lab', () => {
  it('lets one in, and says who that is and what it does', () => {
    const course = freshCourse();
    const lock = lockLab(course, 'lab', 'grade');
    expect(() => lockLab(course, 'lab', 'grade')).toThrow(new RegExp(`grade lab, process ${process.pid} on .*gradebook/busy`, 's'));
    lock.tell([{ student: 'ada', since: at }]);
    expect(underWay(course, 'lab').join('\n')).toMatch(
      new RegExp(`^Under way: grade lab, process ${process.pid} on .*\n {2}ada, since ${at}$`),
    );
    lock.release();
    expect(underWay(course, 'lab')).toEqual([]);
    lockLab(course, 'lab', 'regrade').release();
  });

  it('leaves the other labs of the course free', () => {
    const course = freshCourse();
    const [one, two] = [lockLab(course, 'one', 'grade'), lockLab(course, 'two', 'grade')];
    expect([underWay(course, 'one').length, underWay(course, 'three').length]).toEqual([1, 0]);
    for (const lock of [one, two]) lock.release();
  });

  it('says nothing of a run that was killed', () => {
    const course = freshCourse();
    const lock = lockLab(course, 'lab', 'grade');
    const file = join(course.folder, 'grading-lab.lock.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(String(process.pid), '4194304'));
    expect(underWay(course, 'lab')).toEqual([]);
    lock.release();
    expect(existsSync(course.database)).toBe(false);
  });
});
