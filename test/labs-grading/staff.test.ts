import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';
import type { SubmissionReport } from '../../labs-grading/run/submission-report.ts';
import { notebook } from './fixtures/mini-lab/notebook.ts';

const right = {
  first: 'function first(x: number): number { return x + 1; }',
  second: 'function second(x: number): number { return 2 * first(x); }',
  third: 'function third(x: number): number { return second(x) - 1; }',
};
const withAnswers = (answers: Partial<typeof right>): string =>
  notebook([
    { id: 'imports', source: "import { staff } from 'tinylab';" },
    ...Object.entries({ ...right, ...answers }).map(([id, source]) => ({ id, source, mark: { grade: false, solution: true } })),
  ]);
const checks = join(import.meta.dirname, 'fixtures/staff-lab/checks.ts');
const grader = openGrader({ id: 'staff-lab', pristine: withAnswers({}), checks });
afterAll(() => grader.close());

const graded = (answers: Partial<typeof right>): Promise<SubmissionReport> => grader.grade({ notebook: withAnswers(answers), seed: 1 });
const scores = ({ questions }: SubmissionReport): number[] => questions.map(({ score }) => score);
const marks = ({ questions }: SubmissionReport): (readonly string[])[] => questions.map(({ staff }) => staff);

const wrong = 'function first(x: number): number { return x; }';
const fallBack = `const first = await staff('first');\n${right.second}`;

describe('staff in the grader', () => {
  it('stands in for a wrong earlier answer, and the report says so', async () => {
    const report = await graded({ first: wrong, second: fallBack });
    expect(scores(report)).toEqual([0, 2, 4]);
    expect(marks(report)).toEqual([[], ['first'], ['first']]);
    expect(report.figures.sandboxes).toBe(2);
    const again = await graded({ first: wrong, second: fallBack });
    expect(again.questions).toEqual(report.questions);
  });

  it('changes nothing for a notebook that does not call it', async () => {
    const report = await graded({ first: wrong });
    expect(scores(report)).toEqual([0, 0, 0]);
    expect(marks(report)).toEqual([[], [], []]);
    expect(report.figures.sandboxes).toBe(1);
  });

  it('earns nothing as an own answer, and still serves the questions after it', async () => {
    const report = await graded({ first: "const first = await staff('first');" });
    expect(scores(report)).toEqual([0, 2, 4]);
    expect(report.questions[0]?.items.map(({ reason }) => reason)).toEqual(['staff']);
  });

  it('earns nothing as an own answer in disguise', async () => {
    const disguised = `const theirs = await staff('second');\nconst second = (x: number): number => theirs(x);`;
    const report = await graded({ first: wrong, second: disguised });
    expect(scores(report)).toEqual([0, 0, 4]);
    expect(marks(report)).toEqual([[], [], ['second']]);
  });

  it('does not give out the answer of a question that is yet to be asked', async () => {
    const peeking =
      'const told: unknown[] = [];\nfor (const name of ["second", "third"]) await staff(name).then(f => told.push(f), () => 0);';
    const report = await graded({
      first: `${wrong}\n${peeking}\nawait staff('first').catch(() => 0);`,
      second: 'function second(x: number): number { return (told[0] as typeof first)(x); }',
      third: 'function third(x: number): number { return (told.at(-1) as typeof first)(x); }',
    });
    // The question third is asked where its earlier answers are given: what it gets there is second, which is no answer to it.
    expect(scores(report)).toEqual([0, 0, 0]);
    expect(marks(report)).toEqual([[], ['first'], ['first', 'second']]);
  });

  it('is not asked for again where what stands around the call passes by itself', async () => {
    const report = await graded({ third: `${right.third}\nconst unused = await staff('second');` });
    expect(scores(report)).toEqual([1, 2, 4]);
    expect(marks(report)).toEqual([[], [], []]);
  });

  it('leaves a passed question alone', async () => {
    const report = await graded({ third: "const unused = await staff('second');\nconst third = (x: number): number => second(x) - 1;" });
    expect(scores(report)).toEqual([1, 2, 4]);
    expect(marks(report)).toEqual([[], [], ['second']]);
  });
});
