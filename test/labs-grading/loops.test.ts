import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mutateLab } from '../../labs-grading/mutate/mutate.ts';
import { gate } from '../../labs-grading/release/gate.ts';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';

const folder = join(import.meta.dirname, 'fixtures/loop-lab');
const pristine = readFileSync(join(folder, 'loop-lab.ipynb'), 'utf8');
const grader = openGrader(
  { id: 'loop-lab', pristine, checks: join(folder, 'checks.ts'), hidden: join(folder, 'hidden.ts') },
  { limits: { memoryBytes: 2 ** 30 } },
);
afterAll(() => grader.close());

const header = 'export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void';
const alongRows = `${header} {
  for (let i = 0; i < m * n; i++) c[i] = 0;
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++)
      for (let j = 0; j < n; j++) c[i * n + j] += a[i * k + p] * b[p * n + j];
}`;

/** The notebook with this text as its answer. */
function answered(text: string, more: string): string {
  const notebook = JSON.parse(pristine) as {
    cells: { id: string; source: string | string[]; metadata: { nbgrader?: { grade_id: string } } }[];
  };
  const cell = notebook.cells.find(({ metadata }) => metadata.nbgrader?.grade_id === 'multiply');
  if (!cell) throw new Error('the notebook has no answer cell');
  // The student's own sandbox compiles and calls loops too.
  cell.source = `const multiply = ${JSON.stringify(text)};\n${more}`;
  return JSON.stringify(notebook);
}

const grade = async (text: string, more = '') => {
  const report = await grader.grade({ notebook: answered(text, more), seed: 5 });
  return { ...report.questions[0], notGradable: report.notGradable, cells: report.cells };
};

describe('a lab with a loop', () => {
  it('passes its gate: the solution and other styles in full, the untouched notebook 0, known mistakes with their hints', async () => {
    const report = await gate(folder);
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({
      ok: true,
      solution: { score: 6, inNotebook: 6 },
      stub: { score: 0 },
      styles: { total: 3, refused: [] },
    });
    expect(report.mutants.map(({ caught }) => caught)).toEqual([true, true, true]);
  });

  it('catches what rules make of the text of its loop', async () => {
    const { passed, total, caught, styles } = await mutateLab(folder, { perOperator: 1 });
    expect({ passed, caught, styles }).toEqual({ passed: [], caught: total, styles: { total: 3, refused: [] } });
    expect(total).toBeGreaterThan(8);
  });

  it('is graded in a sandbox of a gigabyte, compiler included', async () => {
    const tried =
      'const tried = await loops.verify(await loops.compile(multiply), loops.problems.matmul({ m: 3, n: 2, k: 5 }));\nconsole.log(tried);';
    const { cells, ...report } = await grade(alongRows, tried);
    expect(report).toMatchObject({ score: 6, state: 'passed', notGradable: undefined });
    expect(cells.find(({ id }) => id === 'multiply')).toMatchObject({ state: 'done', output: expect.stringContaining('right: true') });
  });

  it('tells line and caret of what does not compile, without a word of the sandbox in its hint', async () => {
    const report = await grade(alongRows.replace('c[i] = 0', 'c[i] = nought'));
    expect(report).toMatchObject({ score: 0, state: 'failed' });
    const [item] = report.items ?? [];
    expect(item).toMatchObject({
      reason: 'threw',
      where: 'line 2, column 42 of the loop',
      hint: expect.stringMatching(/^Mend the marked place/),
    });
    expect(item?.got).toMatch(/2 \| {3}for .*c\[i\] = nought;\n +\^{6}/);
  });

  it('gives the points of the part that is right', async () => {
    const slow = `${header} { for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) { let sum: f32 = 0; for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j]; c[i * n + j] = sum; } }`;
    const report = await grade(slow);
    expect(report).toMatchObject({ score: 4, state: 'partial' });
    expect(report.items?.find(({ passed }) => !passed)).toMatchObject({ expected: 'at most 40,000', got: '270,920 misses' });
  });

  it('shows nothing of hidden cases', async () => {
    const report = await grade(alongRows.replace('m * n; i++) c[i] = 0;', 'm * n; i++) c[i] = 0;\n  if (m == 11) return;'));
    expect(report).toMatchObject({ score: 2, state: 'partial' });
    for (const item of report.items?.filter(({ passed }) => !passed) ?? [])
      expect(item).toEqual({
        ...{ id: item.id, asked: 'a hidden case', passed: false, hidden: true, reason: 'wrong' },
        hint: 'Try matrices whose sides are all different, and sides of 1.',
      });
  });
});
