import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lab, question } from 'tinylab';
import { afterAll, describe, expect, it } from 'vitest';
import { problemLine } from '../../../../labs-grading/base/problem.ts';
import type { Cell } from '../../../../labs-grading/release/cells.ts';
import { importProblems } from '../../../../labs-grading/release/imports.ts';
import type { LabFiles } from '../../../../labs-grading/release/lab-files.ts';
import { rubricProblems } from '../../../../labs-grading/release/rubric-problems.ts';
import { statedPointProblems } from '../../../../labs-grading/release/stated-points.ts';

const folder = mkdtempSync(join(tmpdir(), 'points-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (source: string, line: number): Cell => ({ type: 'markdown', source, metadata: {}, line });
const graded = (grade_id: string, points: number, solution = false): Cell => ({
  type: solution ? 'markdown' : 'code',
  source: '',
  metadata: { nbgrader: { grade: true, grade_id, locked: !solution, schema_version: 3, solution, points } },
  line: 90,
});
const two = lab('l', [question('a', { points: 2, uses: ['a'] }, () => {}), question('b', { points: 3, uses: ['b'] }, () => {})]);

describe('stated points', () => {
  const lines = (intro: string, [a, b]: readonly [string, string], more: readonly Cell[] = []): string[] =>
    statedPointProblems(
      [text(`# L\n\n${intro}`, 1), text(a, 20), graded('a-check', 2), text(b, 40), graded('b-check', 3), ...more],
      two,
      'lab.ts',
    ).map(problemLine);

  it('may be right, or not be stated', () => {
    expect(lines('Two questions, 5 points.', ['## A (2 points)', '## B (3 points)'])).toEqual([]);
    expect(lines('2 questions, 5 points', ['## A', '## B'])).toEqual([]);
    expect(lines('Hello.', ['## Both (5 points)', '## B'])).toEqual([]);
    expect(lines('Three questions, 9 points', ['## A', '## B (7 points)'], [graded('why', 4, true)])).toEqual([]);
  });

  it('are refused where they are wrong, with the line', () => {
    expect(lines('Three questions, 6 points.', ['text\n## A (3 points)', '## B (3 points)'])).toEqual([
      'lab.ts:21 (cell 2): the heading says 3 points, its questions have 2 [points]',
      'lab.ts:3 (cell 1): the text says 6 points, the questions have 5 [points]',
      'lab.ts:3 (cell 1): the text says 3 questions, there are 2 [points]',
    ]);
    expect(lines('Two questions, 5 points', ['## A (2 points)', '## B (3 points)'], [graded('why', 4, true)])).toHaveLength(3);
  });
});

describe('the rubric of a question that people grade', () => {
  const files = { secret: folder, source: '/l/lab.ts' } as LabFiles;
  const lines = (rubric: object | string): string[] => {
    writeFileSync(join(folder, 'rubric.json'), typeof rubric === 'string' ? rubric : JSON.stringify(rubric, null, 1));
    return rubricProblems(files, [graded('why', 4, true)], two).map(problem => problemLine(problem).replace(`${folder}/`, ''));
  };
  const item = (points: number, id = 'x') => ({ id, points, text: 'Says why' });

  it('must be there', () => {
    expect(rubricProblems(files, [graded('a-check', 2)], two)).toEqual([]);
    expect(rubricProblems(files, [graded('why', 4, true)], two).map(problemLine)).toEqual([
      expect.stringMatching(/^\/l\/lab\.ts:90 \(cell why\): people grade it, and there is no .*rubric\.json \[rubric\]$/),
    ]);
    expect(lines({ questions: {} })).toEqual([expect.stringContaining('(cell why): people grade it, and')]);
  });

  it('must fit the points, and belong to a question', () => {
    expect(lines({ questions: { why: { mode: 'add', items: [item(1), item(3, 'y')] }, a: { items: [item(-2)] } } })).toEqual([]);
    expect(lines({ questions: { why: { mode: 'add', items: [item(1), item(4, 'y')] } } })).toEqual([
      'rubric.json:3 (cell why): its items give 5 points together, the question has 4 [rubric]',
    ]);
    expect(lines({ questions: { why: { items: [item(-5)] }, gone: { items: [] } } })).toEqual([
      'rubric.json:3 (cell why): item x takes 5 points of 4 [rubric]',
      'rubric.json:12 (cell gone): the lab has no such question [rubric]',
    ]);
    expect(lines({ questions: { why: {} } })).toEqual(['rubric.json:3 (cell why): it has no items to tick [rubric]']);
    expect(lines('{')).toEqual([expect.stringMatching(/^rubric\.json: not JSON: .* \[rubric\]$/)]);
  });
});

it('checks.ts imports only what students get', () => {
  writeFileSync(join(folder, 'formulas.ts'), 'export const a = 1;');
  writeFileSync(join(folder, 'hidden.ts'), "export { a as b } from './formulas.ts';");
  writeFileSync(join(folder, 'checks.ts'), "import { a } from './formulas.ts';\nimport { b } from './hidden.ts';\nexport default [a, b];");
  expect(importProblems({ folder, checks: join(folder, 'checks.ts') } as LabFiles).map(({ message }) => message)).toEqual([
    'it imports hidden.ts, which students do not get',
  ]);
});
