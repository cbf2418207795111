import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNbgraderCourse } from '../../../labs-grading/nbgrader/course.ts';

const notebook = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [{ cell_type: 'markdown', metadata: {}, source: 'Read this.' }],
});

it('reads an nbgrader course in any encoding, and says which file is no notebook', () => {
  const course = mkdtempSync(join(tmpdir(), 'tinylab-nbgrader-'));
  mkdirSync(join(course, 'source/ps1'), { recursive: true });
  const at = (name: string): string => join(course, 'source/ps1', name);
  writeFileSync(at('a.ipynb'), `\ufeff${notebook}`);
  writeFileSync(at('b.ipynb'), Buffer.from(`\ufeff${notebook}`, 'utf16le'));
  writeFileSync(at('c.ipynb'), '<html></html>');
  const [assignment] = readNbgraderCourse(course);
  expect(assignment?.notebooks.map(({ cells, problems }) => [cells.length, problems.map(({ message }) => message)])).toEqual([
    [1, []],
    [1, []],
    [0, [expect.stringContaining('web page')]],
  ]);
});
