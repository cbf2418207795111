import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';
import type { SubmissionReport } from '../../labs-grading/run/submission-report.ts';
import { notebook } from './fixtures/mini-lab/notebook.ts';

const notebookOf = (answers: Readonly<Record<string, string>>): string =>
  notebook(
    Object.entries({ rounds: '3', values: '3', ...answers }).map(([id, value]) => ({
      id,
      source: `const ${id} = ${value};`,
      mark: { grade: false, solution: true },
    })),
  );
const checks = join(import.meta.dirname, 'fixtures/frail-lab/checks.ts');
const grader = openGrader({ id: 'frail-lab', pristine: notebookOf({ killed: '1' }), checks }, { patienceMs: 8_000 });
afterAll(() => grader.close());

const graded = async (answers: Readonly<Record<string, string>>, only = ['rounds', 'values']): Promise<SubmissionReport> =>
  grader.grade({ notebook: notebookOf({ killed: '1', ...answers }), seed: 1, only });
const outcome = ({ questions }: SubmissionReport): unknown[] => questions.map(({ state, score }) => [state, score]);

describe('a check that comes to no end over an answer', () => {
  it('costs that answer its points and nothing else, and is no fault of ours', async () => {
    expect(outcome(await graded({}))).toEqual([
      ['passed', 1],
      ['passed', 1],
    ]);
    const endless = await graded({ rounds: 'Infinity' });
    expect(endless.notGradable).toBeUndefined();
    expect(outcome(endless)).toEqual([
      ['refused value', 0],
      ['passed', 1],
    ]);
    const large = await graded({ values: '1e6' });
    expect(large.notGradable).toBeUndefined();
    expect(outcome(large)).toEqual([
      ['passed', 1],
      ['refused value', 0],
    ]);
  });

  it('is our fault where the checker was ended from outside', async () => {
    const report = await graded({ killed: '0' }, ['killed']);
    expect(report.notGradable).toMatch(/SIGKILL/);
    expect(outcome(report)).toEqual([['not gradable', 0]]);
  });
});
