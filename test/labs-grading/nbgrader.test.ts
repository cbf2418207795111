import { cpSync, type Dirent, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectFolder } from '../../labs-grading/base/project.ts';
import { markOf } from '../../labs-grading/release/cells.ts';
import { labFiles } from '../../labs-grading/release/lab-files.ts';
import { parseNotebook } from '../../labs-grading/release/nbformat.ts';
import { addToNbgraderCourse } from '../../labs-grading/release/nbgrader-course.ts';
import { releasedNotebook } from '../../labs-grading/release/release.ts';
import { nbgraderColumns } from '../../labs-grading/report/export/nbgrader.ts';
import { nbgrader } from './nbgrader/environment.ts';

const lab = labFiles(join(import.meta.dirname, 'fixtures/tiny-lab'));
const course = mkdtempSync(join(tmpdir(), 'tinylab-nbgrader-test-'));
const at = (...path: string[]): string => join(course, ...path);
let made: Dirent[] = [];
const released = releasedNotebook(lab);

beforeAll(async () => {
  addToNbgraderCourse(lab, course);
  made = readdirSync(course, { recursive: true, withFileTypes: true });
  // In place of `npm run setup` in the course.
  symlinkSync(join(projectFolder, 'node_modules'), at('node_modules'));
  await nbgrader(course, 'generate_assignment', 'tiny-lab', '--create');
});
afterAll(() => rmSync(course, { recursive: true, force: true }));

it('has all that notebooks run on, and names no other folder: it may be moved', () => {
  expect(made.filter(entry => entry.isSymbolicLink())).toEqual([]);
  for (const path of ['lib/dist/index.js', 'kernels/jupyter/package.json', 'scripts/setup.mjs', 'package-lock.json', 'nbgrader_config.py'])
    expect(existsSync(at(path)), path).toBe(true);
  const texts = made.filter(entry => entry.isFile() && /\.(json|js|ts|mjs|py|ipynb)$/.test(entry.name));
  expect(texts.filter(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8').includes(projectFolder))).toEqual([]);
});

it('generates the cells that our release gives to students', () => {
  const theirs = JSON.parse(readFileSync(at('release/tiny-lab/tiny-lab.ipynb'), 'utf8'));
  const ours = JSON.parse(released);
  const plain = ({ cells }: { cells: { source: string | string[] }[] }) =>
    cells.map(({ source, ...cell }) => ({ ...cell, source: [source].flat().join('') }));
  expect(plain(theirs)).toEqual(plain(ours));
  expect(theirs.metadata.tinylab).toEqual(ours.metadata.tinylab);
  const answers = parseNotebook(released, 'ours').filter(cell => markOf(cell)?.solution);
  expect(answers.map(({ source }) => source.includes('YOUR CODE HERE'))).toEqual([true, true, true]);
});

it('gives the solution full marks, the untouched notebook none, a wrong answer its question', async () => {
  for (const [student, from] of Object.entries({ solution: 'source', stub: 'release', wrong: 'source' }))
    cpSync(at(from, 'tiny-lab/tiny-lab.ipynb'), at('submitted', student, 'tiny-lab/tiny-lab.ipynb'));
  const wrong = at('submitted/wrong/tiny-lab/tiny-lab.ipynb');
  const text = readFileSync(wrong, 'utf8');
  expect(text).toContain("const flops = 'b';");
  writeFileSync(wrong, text.replace("const flops = 'b';", "const flops = 'a';"));
  await nbgrader(course, 'autograde', 'tiny-lab', '--create');
  await nbgrader(course, 'export', '--to', 'grades.csv');
  const rows = parse<Record<string, string>>(readFileSync(at('grades.csv')), { columns: true });
  expect(rows.map(row => [row.student_id, Number(row.score), Number(row.max_score)])).toEqual([
    ['solution', 10, 10],
    ['stub', 0, 10],
    ['wrong', 8, 10],
  ]);
  expect(Object.keys(rows[0] ?? {})).toEqual(nbgraderColumns);
  const graded = JSON.parse(readFileSync(at('autograded/wrong/tiny-lab/tiny-lab.ipynb'), 'utf8'));
  const check = graded.cells.find((cell: { source: string | string[] }) => [cell.source].flat().join('') === "await check('flops');");
  expect(check.outputs[0].data['text/plain']).toEqual(['0']);
  expect([check.outputs[0].data['text/html']].flat().join('')).toContain('A MAC is a multiplication and an addition.');
});

it('validation passes the solution, and tells what is wrong with an answer', async () => {
  cpSync(at('submitted/solution/tiny-lab/tiny-lab.ipynb'), at('release/tiny-lab/solution.ipynb'));
  cpSync(at('submitted/wrong/tiny-lab/tiny-lab.ipynb'), at('release/tiny-lab/wrong.ipynb'));
  const told = await nbgrader(at('release/tiny-lab'), 'validate', 'solution.ipynb', 'wrong.ipynb');
  expect(told.match(/Success! Your notebook passes all the tests./g)).toHaveLength(1);
  expect(told).toContain('VALIDATION FAILED ON 1 CELL(S)!');
  expect(told).toContain('hint: A MAC is a multiplication and an addition.');
});
