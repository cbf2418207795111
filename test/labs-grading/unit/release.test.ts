import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lab, question } from 'tinylab';
import { describe, expect, it } from 'vitest';
import { problemLine } from '../../../labs-grading/base/problem.ts';
import type { Cell, GradeMark } from '../../../labs-grading/release/cells.ts';
import { checksumOf } from '../../../labs-grading/release/checksum.ts';
import { labFiles } from '../../../labs-grading/release/lab-files.ts';
import { addChecksums } from '../../../labs-grading/release/passes/checksums.ts';
import { clearSolutions } from '../../../labs-grading/release/passes/clear-solutions.ts';
import { lockCells } from '../../../labs-grading/release/passes/lock-cells.ts';
import { regionProblems } from '../../../labs-grading/release/regions.ts';
import { releasedNotebook } from '../../../labs-grading/release/release.ts';
import { structureProblems } from '../../../labs-grading/release/structure.ts';

import { root } from '../../house/modules.ts';

const mark = (grade_id: string, more: Partial<GradeMark> = {}): GradeMark => ({
  grade: false,
  grade_id,
  locked: false,
  schema_version: 3,
  solution: false,
  ...more,
});
const answer = (id: string, source: string, line = 1): Cell => ({
  type: 'code',
  source,
  metadata: { nbgrader: mark(id, { solution: true }) },
  line,
});
const check = (id: string, points: number, { source = `await check('${id}');`, line = 9 } = {}): Cell => ({
  type: 'code',
  source,
  metadata: { nbgrader: mark(`${id}-check`, { grade: true, locked: true, points }) },
  line,
});
const solved = [
  'function f() {',
  '  // ### BEGIN SOLUTION',
  '  const secret = 42;',
  '  return secret * secret;',
  '  // ### END SOLUTION',
  '}',
].join('\n');

describe('passes', () => {
  it('solutions become stubs with the indentation of their marker', () => {
    expect(clearSolutions([answer('a', `${solved}\n${solved}`)])[0]?.source).toBe(
      "function f() {\n  // YOUR CODE HERE\n  throw new Error('Not answered yet.');\n}\nfunction f() {\n  // YOUR CODE HERE\n  throw new Error('Not answered yet.');\n}",
    );
    expect(clearSolutions([answer('a', 'const x = 1;')])[0]?.source).toBe("// YOUR CODE HERE\nthrow new Error('Not answered yet.');");
    const manual: Cell = {
      type: 'markdown',
      source: 'Because.',
      metadata: { nbgrader: mark('m', { solution: true, grade: true, points: 2 }) },
    };
    expect(clearSolutions([manual])[0]?.source).toBe('YOUR ANSWER HERE');
    const free: Cell = { type: 'code', source: 'let a;', metadata: {} };
    expect(clearSolutions([free, check('a', 1)])).toEqual([free, check('a', 1)]);
  });

  it('checks and given cells become read-only, answers only undeletable', () => {
    const given: Cell = { type: 'markdown', source: '', metadata: { nbgrader: mark('t', { locked: true }) } };
    expect(
      lockCells([answer('a', ''), check('a', 1), given]).map(({ metadata: { deletable, editable } }) => [deletable, editable]),
    ).toEqual([
      [false, undefined],
      [false, false],
      [false, false],
    ]);
  });

  // Computed with nbgrader 0.9.6: nbgrader.utils.compute_checksum.
  it.each([
    ['an answer', answer('grade-me', 'const a = 1;\nconst π = "é";'), 'b09f7c4a7ea8621a55b98d6f721a7404'],
    ['a check of 5 points', check('grade-me', 5), '3725e656619e52c949e32b11af801e4f'],
    ['a check of 2.5 points', check('grade-me', 2.5), 'b7a4a2df9a0b9a8fdebfc16770439e8f'],
    [
      'a given text',
      { type: 'markdown', source: '# T\n', metadata: { nbgrader: mark('text', { locked: true }) } } as Cell,
      '3e64db11e84cf3cab3825d2e5caa7e62',
    ],
  ])('the checksum of %s is nbgrader’s', (_, cell, checksum) => {
    expect(checksumOf(cell)).toBe(checksum);
    expect(addChecksums([cell])[0]?.metadata.nbgrader).toMatchObject({ cell_type: cell.type, checksum });
  });
});

describe('regions', () => {
  const problems = (cell: Cell): string[] => regionProblems([cell], 'lab.ts').map(problemLine);
  it.each([
    ['unclosed', answer('a', '1;\n// ### BEGIN SOLUTION\n2;', 10), 'lab.ts:11 (cell a): a solution begins and never ends [region]'],
    [
      'nested',
      answer('a', '// ### BEGIN SOLUTION\n// ### BEGIN SOLUTION\n// ### END SOLUTION', 10),
      'lab.ts:11 (cell a): a solution begins inside the one of line 1 of the cell [region]',
    ],
    ['never begun', answer('a', '// ### END SOLUTION', 10), 'lab.ts:10 (cell a): a solution ends that never began [region]'],
    [
      'of a check',
      check('a', 1, { source: solved, line: 10 }),
      'lab.ts:11 (cell a-check): a solution in a cell that is no answer cell [region]',
    ],
    [
      'of hidden tests',
      answer('a', '// ### BEGIN HIDDEN TESTS', 10),
      'lab.ts:10 (cell a): unknown marker "// ### BEGIN HIDDEN TESTS"; checks live in checks.ts [region]',
    ],
  ])('%s is refused with file, line and cell', (_, cell, line) => {
    expect(problems(cell)).toEqual([line]);
    expect(problems(answer('a', solved))).toEqual([]);
  });
});

describe('structure', () => {
  const two = lab('l', [question('a', { points: 2, uses: ['a'] }, () => {}), question('b', { points: 3, uses: ['b'] }, () => {})]);
  const good = [answer('a', ''), check('a', 2), answer('b', ''), check('b', 3)];
  const lines = (cells: readonly Cell[]): string[] => structureProblems(cells, two, 'lab.ts').map(problemLine);

  it('accepts a pair of answer and check for each question', () => {
    expect(lines(good)).toEqual([]);
  });

  it.each([
    ['a missing answer', good.slice(1), ['lab.ts (cell a): the question has no answer cell with its id as grade_id [answer cell]']],
    ['a missing check', good.slice(0, 3), ['lab.ts (cell b): the question has no check cell with grade_id b-check [check cell]']],
    ['other points', good.with(1, check('a', 4)), ['lab.ts:9 (cell a-check): the cell has 4 points, the question in checks.ts 2 [points]']],
    [
      'another source',
      good.with(1, check('a', 2, { source: 'check()' })),
      ["lab.ts:9 (cell a-check): its source should be: await check('a'); [check cell]"],
    ],
    [
      'a check before its answer',
      [good[1], good[0], good[2], good[3]] as Cell[],
      ['lab.ts:9 (cell a-check): the check stands before the answer [check cell]'],
    ],
    ['an id twice', [...good, answer('b', '', 30)], ['lab.ts:30 (cell b): the cell of line 1 has the same grade_id [unique id]']],
    [
      'a check of nothing',
      [...good, check('c', 1)],
      ['lab.ts:9 (cell c-check): points for a question that checks.ts does not have [check cell]'],
    ],
    [
      'an odd mark',
      good.with(0, { ...answer('a', ''), metadata: { nbgrader: { ...mark('a', { solution: true }), extra: 1 } } }),
      ['lab.ts:1 (cell a): unknown key extra [mark]'],
    ],
  ])('refuses %s', (_, cells, expected) => {
    expect(lines(cells)).toEqual(expected);
  });
});

const notebooks = join(root, 'notebooks');
const names = readdirSync(notebooks).filter(name => existsSync(join(notebooks, name, 'lab.ts')));

describe('committed notebooks', () => {
  it.each(names)('%s is the notebook that its lab.ts gives, with its version', name => {
    expect(readFileSync(join(notebooks, name, `${name}.ipynb`), 'utf8')).toBe(releasedNotebook(labFiles(name)));
  });
});
