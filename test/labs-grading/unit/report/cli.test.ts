import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { freshCourse, handedIn, reportWith } from '../gradebook/samples.ts';

const project = join(import.meta.dirname, '../../../..');
const lab = join(project, 'test/labs-grading/fixtures/mini-lab');
const course = freshCourse();

const tinylab = (...args: string[]) =>
  spawnSync(process.execPath, [join(project, 'labs-grading/cli.ts'), ...args, '--course', course.folder], { encoding: 'utf8' });

beforeAll(async () => {
  const book = await openGradebook(course);
  const questions = [
    { question: 'a', title: 'First', points: 2, manual: false },
    { question: 'b', title: 'Second', points: 3, manual: false },
  ];
  await book.putLab({ lab: 'mini-lab', title: 'Mini lab', version: '1', questions });
  for (const [i, student] of ['ada', 'bob', 'eve'].entries()) {
    const { id } = await book.addSubmission(handedIn(student, { lab: 'mini-lab' }));
    const report = reportWith({ a: i === 0 ? 2 : 0, b: i === 2 ? 0 : 3 }, { lab: 'mini-lab' });
    await book.addGrading({ submission: id, gradeKey: student, finishedAt: '2026-11-22T13:00:00Z', wallMs: 1000 + i, report });
  }
  await book.close();
});

describe('tinylab feedback', () => {
  const folder = course.feedback('mini-lab');

  it('tells nothing before it is published, unless a draft is asked for', () => {
    expect(tinylab('feedback', lab)).toMatchObject({ status: 2, stderr: expect.stringContaining('Nothing of mini-lab is published') });
    expect(tinylab('feedback', lab, '--draft', '--student', 'ada')).toMatchObject({ status: 0, stdout: expect.stringContaining('1 new') });
    expect(readFileSync(join(folder, 'ada.html'), 'utf8')).toContain('Draft.');
    expect(readdirSync(folder).sort()).toEqual(['ada.html', 'ada.md']);
  });

  it('writes a page and its Markdown for every student, and leaves alone what says the same', () => {
    expect(tinylab('publish', lab, '--by', 'ta').status).toBe(0);
    expect(tinylab('feedback', lab).stdout).toContain('3 students, 3 new or changed.');
    expect(readdirSync(folder).sort()).toEqual(['ada.html', 'ada.md', 'bob.html', 'bob.md', 'eve.html', 'eve.md']);
    const page = join(folder, 'ada.html');
    expect(readFileSync(page, 'utf8')).not.toContain('Draft.');
    utimesSync(page, 1, 1);
    expect(tinylab('feedback', lab).stdout).toContain('3 students, 0 new or changed.');
    expect(statSync(page).mtimeMs).toBe(1000);
  });

  it('refuses a student whom nobody knows', () => {
    expect(tinylab('feedback', lab, '--student', 'mallory')).toMatchObject({ status: 2, stderr: expect.stringContaining('mallory') });
  });
});

describe('tinylab analytics', () => {
  it('writes a page, tells its warnings, or prints the figures', () => {
    const { status, stdout } = tinylab('analytics', lab);
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('n < 10') });
    expect(readFileSync(join(course.exports('mini-lab'), 'analytics.html'), 'utf8')).toContain('Mini lab: analytics');
    expect(JSON.parse(tinylab('analytics', lab, '--json').stdout)).toMatchObject({
      students: 3,
      mean: 8 / 3,
      questions: [{ states: { passed: 1, failed: 2 } }, {}],
    });
  });
});

describe('tinylab similarity', () => {
  it('says that it proves nothing, who could not be compared, and refuses a share that is none', () => {
    expect(tinylab('similarity', lab).stdout).toMatch(
      /0 students compared, 0 pairs, 0 equal models, 3 not compared[\s\S]*prove nothing and change no grade/,
    );
    expect(readFileSync(join(course.exports('mini-lab'), 'similarity.html'), 'utf8')).toContain('Nothing here is proof');
    expect(tinylab('similarity', lab, '--threshold', '50').stderr).toContain('a share above 0 and at most 1 is needed');
  });
});
