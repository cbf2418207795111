import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { printable } from '../../../labs-grading/base/text.ts';
import { notebookOf, readRegular, studentsIn } from '../../../labs-grading/collect/intake.ts';

const folder = mkdtempSync(join(tmpdir(), 'tinylab-intake-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

describe("a stranger's files", () => {
  it('are read when they are regular', () => {
    writeFileSync(path('plain'), 'hello');
    expect(readRegular(path('plain'), 5).toString()).toBe('hello');
    expect(() => readRegular(path('plain'), 4)).toThrow('5 bytes');
  });

  it('are refused when they are links, pipes or folders, without blocking', () => {
    writeFileSync(path('twice'), 'hello');
    linkSync(path('twice'), path('hard'));
    symlinkSync('/etc/passwd', path('soft'));
    execFileSync('mkfifo', [path('fifo')]);
    mkdirSync(path('folder'));
    expect(() => readRegular(path('hard'), 99)).toThrow('second name');
    expect(() => readRegular(path('soft'), 99)).toThrow('symbolic link');
    expect(() => readRegular(path('fifo'), 99)).toThrow('not a regular file');
    expect(() => readRegular(path('folder'), 99)).toThrow('not a regular file');
    expect(() => readRegular(path('none'), 99)).toThrow('no such file');
  });

  it('belong to the students who have a folder of their own', () => {
    const submissions = path('submissions');
    for (const name of ['zoe', 'adam', '.hidden', 'lost']) mkdirSync(join(submissions, name), { recursive: true });
    symlinkSync(path('folder'), join(submissions, 'linked'));
    writeFileSync(join(submissions, 'notes.txt'), '');
    writeFileSync(join(submissions, 'zoe', 'my lab.ipynb'), '');
    const students = studentsIn(submissions);
    expect(students.map(({ id }) => id)).toEqual(['adam', 'lost', 'zoe']);
    expect(notebookOf(students[2] as never, 'lab.ipynb')).toBe(join(submissions, 'zoe', 'my lab.ipynb'));
    expect(notebookOf(students[0] as never, 'lab.ipynb')).toBeUndefined();
  });

  it('cannot drive the terminal with their names', () => {
    expect(printable('a\u001b[31mb\u202ec\u0007')).toBe('a\ufffd[31mb\ufffdc\ufffd');
  });
});
