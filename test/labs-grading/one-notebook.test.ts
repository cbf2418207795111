import { afterAll, describe, expect, it } from 'vitest';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';
import { cells, notebook, solutions } from './fixtures/mini-lab/notebook.ts';
import { miniLab } from './fixtures/mini-lab.ts';
import { tightLimits } from './fixtures/tight-limits.ts';

const grader = openGrader(miniLab, { limits: tightLimits });
afterAll(() => grader.close());

const grade = (text: string) => grader.grade({ notebook: text, seed: 7 });
const stateOf = (report: Awaited<ReturnType<typeof grade>>, id: string) => report.questions.find(({ question }) => question === id)?.state;

const deepType =
  "type D = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';\ntype Deep<N extends number, A extends unknown[] = []> = A['length'] extends N ? A : Deep<N, [...A, [D, D]]>;\nconst add: Deep<99999> = 1;";

describe('an honest submission keeps what it earned', () => {
  it.each([
    ['a type error', "const add: number = 'two';"],
    ['types that keep the checker busy', deepType],
  ])('%s costs its own question', async (_, add) => {
    const report = await grade(notebook(cells({ ...solutions, add })));
    expect([report.score, report.notGradable]).toEqual([8, undefined]);
    expect(['compile error', 'timeout', 'memory']).toContain(stateOf(report, 'add'));
  });

  it('untouched notebook: zero on every question', async () => {
    const report = await grade(notebook(cells()));
    expect(report.questions.map(({ score }) => score)).toEqual([0, 0, 0, 0]);
    expect(report.anomalies).toEqual([]);
  });

  it('partial answers: the parts that hold', async () => {
    const report = await grade(notebook(cells({ scale: 'const scale = (x: number[], by: number) => x.map(v => Math.round(v * by));' })));
    expect([report.score, stateOf(report, 'scale')]).toEqual([1, 'partial']);
  });

  it('a text that is no notebook: every question "unreadable", and it says why', async () => {
    for (const text of ['hello', '[]', '{"nbformat":4,"cells":{"__proto__":[]}}', '['.repeat(100_000)]) {
      const report = await grade(text);
      expect(report.questions.map(({ state, score }) => [state, score])).toEqual(Array(4).fill(['unreadable', 0]));
      expect(report.anomalies.map(({ kind }) => kind)).toEqual(['unreadable']);
    }
  });

  it('a check that fails hidden cases shows the hint only', async () => {
    const report = await grade(notebook(cells({ ...solutions, add: 'const add = (a: number, b: number) => Math.abs(a) + b;' })));
    const hidden = report.questions[0]?.items.filter(item => item.hidden);
    expect(report.questions[0]?.score).toBe(0);
    expect(hidden?.map(({ asked, got, expected, hint }) => ({ asked, got, expected, hint }))).toEqual([
      { asked: 'a hidden case', got: undefined, expected: undefined, hint: 'Think of negative numbers.' },
    ]);
  });

  it('a cell that ends with an error of the library is told with its message and its hint', async () => {
    const answer = "import { strokeGlyphs } from 'tinylab';\nconst answer = strokeGlyphs({ count: 0, seed: 1 }).labels.shape[0];";
    const report = await grade(notebook(cells({ ...solutions, answer })));
    const told = report.cells.find(({ id }) => id === 'answer')?.message;
    expect(told).toMatch(/^LabError: strokeGlyphs: .* make no dataset\.\nclasses and count are whole numbers from 1/);
    expect(report.questions.find(({ question }) => question === 'answer')?.items[0]?.got).toContain(told);
  });

  it('guesses are not its business: nothing is stored, scored or refused, and a picture is as it was', async () => {
    const guessing = `import { plot, predict, reveal, table } from 'tinylab';
const first = await predict('it', 8);
const second = await predict('it', 9);
await predict('../nowhere', Number.NaN as number);
const bare = reveal('it', plot.bar({ a: 1 })).data.length;
reveal('it', table([{ a: 1 }]));
reveal('it', 3.2);
const answer = first.problem === undefined && !second.locked && bare === 1 ? 42 : 0;`;
    const report = await grade(notebook(cells({ ...solutions, answer: guessing })));
    const plain = await grade(notebook(cells(solutions)));
    expect([report.score, stateOf(report, 'answer')]).toEqual([plain.score, 'passed']);
    expect(report.anomalies).toEqual([]);
    expect(report.cells.find(({ id }) => id === 'answer')?.message).toBeUndefined();
  });

  it('the fourth replay is the last: the rest is "not run"', async () => {
    const exits = { add: 'process.exit(0);', relu: 'process.exit(0);', scale: 'process.exit(0);', answer: 'process.exit(0);' };
    const report = await grade(notebook(cells(exits)));
    expect(report.score).toBe(0);
    expect(report.questions.map(({ state }) => state)).toEqual(Array(4).fill('not run'));
    expect(report.figures.sandboxes).toBeLessThanOrEqual(8);
  });
});
