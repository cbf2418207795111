import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';
import { notebook } from './fixtures/mini-lab/notebook.ts';
import { tightLimits } from './fixtures/tight-limits.ts';

const answer = { grade: false, solution: true };
const withAnswers = ({ scan = '', value = '' }: { scan?: string; value?: string }): string =>
  notebook([
    { id: 'scan', source: scan, mark: answer },
    { id: 'value', source: value, mark: answer },
  ]);
const checks = join(import.meta.dirname, 'fixtures/cells-lab/checks.ts');
const grader = openGrader({ id: 'cells-lab', pristine: withAnswers({}), checks }, { limits: tightLimits });
afterAll(() => grader.close());

const grade = (answers: { scan?: string; value?: string }) => grader.grade({ notebook: withAnswers(answers), seed: 1 });

const head = 'async function scan(cost: (x: number) => Promise<number>, all: number[]): Promise<unknown> {';

describe('callbacks in a sandbox', () => {
  it.each([
    ['Promise.all', 'return Promise.all(all.map(cost));'],
    ['allSettled', "return (await Promise.allSettled(all.map(cost))).map(x => x.status === 'fulfilled' ? x.value : 0);"],
    ['one after the other', 'const found: number[] = [];\n  for (const x of all) found.push(await cost(x));\n  return found;'],
    [
      'a race, and the rest',
      'const made = all.map(cost);\n  await Promise.race(made);\n  return [await made[0], await made[1], await made[2]];',
    ],
    ['some that nobody waits for', 'for (const x of all) void cost(x);\n  return Promise.all(all.map(cost));'],
    ['more than fit', 'for (let i = 0; i < 20_000; i++) cost(i).catch(() => {});\n  return [1, 4, 9];'],
    ['some after the function has returned', 'void cost(1).then(() => cost(2)).catch(() => {});\n  return [1, 4, 9];'],
  ])('%s: full marks, as in the notebook', async (_, body) => {
    const report = await grade({ scan: `${head}\n  ${body}\n}` });
    expect(report.questions[0]).toMatchObject({ state: 'passed', score: 1 });
  });

  it('that nobody waits for give the value that the function returned, and end no sandbox', async () => {
    const report = await grade({
      scan: `${head}\n  const found: number[] = [];\n  for (const x of all) void cost(x).then(y => found.push(y));\n  return found;\n}`,
    });
    expect(report.questions[0]).toMatchObject({ state: 'failed', score: 0 });
    expect(report.figures.sandboxes).toBe(1);
  });
});

describe('a cell of the grader is a module', () => {
  it.each([
    'const value = await (async () => 5)();',
    'const [value] = await [5];',
    'const value = -(await -5);',
    'const value = await +5;',
    'const { value } = await ({ value: 5 });',
    'const value = (await (Promise.resolve([5])))[0];',
    'let value = 0;\nfor await (const x of [Promise.resolve(5)]) value = x;',
    'const value = Number(await /5/.exec("5"));',
    'const value = Number(await `5`);',
    'const value = await (await import("node:path")).basename("5").length * 5;',
    'if (true) { var value = 5; }',
    "import { display } from 'tslab';\ndisplay.text('shown to nobody');\nconst value = 5;",
    "const value = 'a\u2028b'.length + 2;",
    'const value = Float64Array.of(9, 5).toSorted().reduce((a, b, i) => (i ? a : b), 5);',
    'const value = [5].values().map(x => x).toArray()[0];',
  ])('%s', async value => {
    const report = await grade({ value });
    expect(report.cells.map(({ message }) => message).filter(Boolean)).toEqual([]);
    expect(report.questions[1]).toMatchObject({ state: 'passed' });
  });
});

describe('an answer whose cell ends with an error', () => {
  const boom = "throw new Error('boom');";
  it.each([
    ['counts when it was there before the error', {}, `const value: number = 5;\n${boom}`],
    ['counts when a line behind it draws nothing', {}, 'const value = 5;\n(undefined as any).plot(value);'],
    ['is seen by later cells, with its type', { scan: `const half = { of: 2.5 };\n${boom}` }, 'const value: number = 2 * half.of;'],
    ['leaves what it had not reached as another cell has it', { scan: 'const value = 5;' }, `if (true) ${boom}\nconst value = 'text';`],
    [
      'takes part of a cell: what it had reached',
      { scan: `const two = 2; if (two) ${boom}\nconst base: number = 3;` },
      'const base = 3; const value = two + base;',
    ],
  ])('%s', async (_, { scan }: { scan?: string }, value) => {
    const report = await grade({ scan, value });
    expect(report.questions[1]).toMatchObject({ state: 'passed', score: 1 });
    expect(report.cells.some(({ state, message }) => state === 'error' && message)).toBe(true);
  });

  it('does not count when the error came first, and the report says so', async () => {
    const report = await grade({ value: `if (true) ${boom}\nconst value = 5;` });
    expect(report.questions[1]).toMatchObject({ state: 'failed', score: 0 });
    expect(report.questions[1]?.items[0]?.got).toContain('The cell that should define value ended with: Error: boom');
  });

  it('is unknown to later cells when the error came first', async () => {
    const report = await grade({ scan: `if (true) ${boom}\nconst late = 5;`, value: 'const value = late;' });
    expect(report.cells.map(({ state }) => state)).toEqual(['error', 'compile error']);
  });
});

describe('a value that is too large to hand over is a fault with a name, which comes at once', () => {
  it.each([
    ['text that grows when it is written', "const value = '\\0'.repeat(20_000_000);"],
    ['a million values', 'const value = Array.from({ length: 1_100_000 }, () => -0);'],
    [
      'what writes itself as more',
      "const value = 5;\n(Object.prototype as any).toJSON = function () { return this.ok ? 'x'.repeat(90_000_000) : this; };",
    ],
    [
      'what cannot be written',
      "const value = 5;\n(Object.prototype as any).toJSON = function () { if (this.ok) throw new Error('no'); return this; };",
    ],
  ])('%s', async (_, value) => {
    const report = await grade({ value });
    expect(report.questions[1]).toMatchObject({ state: 'failed', score: 0 });
    expect(report.questions[1]?.items[0]?.got).toMatch(/too large to hand over/);
  });

  it('a callback that is given one throws, and the call goes on', async () => {
    const body =
      "const told = String(await cost('\\0'.repeat(20_000_000) as never).catch(String));\n  return [1, 4, told.includes('too large') ? 9 : told];";
    expect((await grade({ scan: `${head}\n  ${body}\n}` })).questions[0]).toMatchObject({ state: 'passed' });
  });
});
