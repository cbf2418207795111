import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectFolder } from '../../../../labs-grading/base/project.ts';
import { courseIn } from '../../../../labs-grading/collect/course.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { grades } from './samples.ts';

const root = mkdtempSync(join(tmpdir(), 'tinylab-export-cli-'));
const course = join(root, 'course');
const lab = join(import.meta.dirname, '../../fixtures/tiny-lab');
const tinylab = (...args: string[]) => {
  const program = join(projectFolder, 'labs-grading/cli.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'export', ...args], { encoding: 'utf8', cwd: root });
  return { status, stdout, stderr };
};

beforeAll(async () => {
  const book = await openGradebook(courseIn(course));
  const graded = grades.students.map(async grade => {
    if (!grade.submission) return grade;
    const { id: _, ...handedIn } = grade.submission;
    const submission = await book.addSubmission({ ...handedIn, lab: 'tiny-lab' });
    if (!grade.grading) return { ...grade, submission };
    const { id: __, ...grading } = grade.grading;
    return { ...grade, submission, grading: await book.addGrading({ ...grading, submission: submission.id }) };
  });
  await book.publish({ ...grades, lab: 'tiny-lab', students: await Promise.all(graded) }, 'ta');
  await book.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('writes published grades where it says', () => {
  const exports = join(course, 'exports/tiny-lab');
  const { status, stdout } = tinylab(lab, '--to', 'csv', '--course', course);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `${exports}/tiny-lab.csv: 4 students\n  without a score, not graded yet: cyd\n`,
  });
  expect(readFileSync(join(exports, 'tiny-lab.csv'), 'utf8')).toMatch(/^student,name,.*\nada,/);
  expect(tinylab(lab, '--to', 'prairielearn', '--out', 'pl', '--course', course).status).toBe(0);
  expect(readdirSync(join(root, 'pl'))).toEqual(['ada', 'bob', 'cyd', 'dan']);
});

it('fills a table that came, never in its place', () => {
  const table = join(root, 'canvas.csv');
  const text = 'Student,ID,SIS Login ID,Section,Pruning (9)\n    Points Possible,,,,10\n"Lovelace, Ada",101,,A,\n';
  writeFileSync(table, text);
  const asked = ['--to', 'canvas', '--gradebook', 'canvas.csv', '--course', course];
  expect(tinylab(lab, ...asked, '--out', 'canvas.csv')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('it is the table that came'),
  });
  expect(readFileSync(table, 'utf8')).toBe(text);
  expect(tinylab(lab, ...asked, '--out', 'filled.csv')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('graded, and not in the table: bob, cyd, dan'),
  });
  expect(readFileSync(join(root, 'filled.csv'), 'utf8')).toBe(text.replace('101,,A,', '101,,A,7'));
});

it('says what is wrong with its arguments, and writes nothing', () => {
  const before = readdirSync(root);
  expect(tinylab(lab, '--to', 'excel').stderr).toContain('Allowed choices are csv, nbgrader, canvas');
  expect(tinylab(lab, '--to', 'moodle', '--course', course)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Download it from Moodle'),
  });
  const none = tinylab(lab, '--to', 'canvas', '--gradebook', 'none.csv', '--course', course);
  expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining('none.csv: there is no such file.') });
  expect(tinylab(lab, '--to', 'moodle', '--label', 'mark=Note').stderr).toContain('NAME=TEXT is needed');
  expect(tinylab(lab, '--to', 'csv', '--course', join(root, 'nowhere')).stderr).toContain('There is no course');
  expect(readdirSync(root)).toEqual(before);
  expect(existsSync(join(root, 'nowhere'))).toBe(false);
});
