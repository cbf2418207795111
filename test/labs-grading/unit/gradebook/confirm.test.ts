import { describe, expect, it } from 'vitest';
import { confirmed } from '../../../../labs-grading/gradebook/grading/confirm.ts';
import { withQuestion } from '../../../../labs-grading/gradebook/grading/only-question.ts';
import type { SubmissionReport } from '../../../../labs-grading/run/submission-report.ts';
import { reportWith } from './samples.ts';

/** Answers with these reports, one after the other, of the questions that are asked. */
function answering(...reports: SubmissionReport[]) {
  const asked: (readonly string[])[] = [];
  const ask = async (only: readonly string[]): Promise<SubmissionReport> => {
    asked.push(only);
    const report = reports[asked.length - 1] as SubmissionReport;
    return { ...report, questions: report.questions.filter(({ question }) => only.includes(question)) };
  };
  return { ask, asked };
}
const [nothing, right, onlyA] = [reportWith({ a: 0, b: 0 }), reportWith({ a: 2, b: 3 }), reportWith({ a: 2, b: 0 })];

describe('asking failing questions again', () => {
  it('asks nothing when nothing failed, and no question that passed', async () => {
    const none = answering();
    expect(await confirmed(right, { failures: 2, runs: 3 }, none.ask)).toEqual(right);
    const one = answering(onlyA);
    await confirmed(onlyA, { failures: 2, runs: 3 }, one.ask);
    expect(one.asked).toEqual([['b']]);
  });

  it('confirms what keeps failing, without a word', async () => {
    const runs = answering(nothing, nothing);
    expect(await confirmed(nothing, { failures: 2, runs: 5 }, runs.ask)).toEqual(nothing);
    expect(runs.asked).toEqual([['a', 'b']]);
  });

  it('names what fails once and passes once, and gives no points for it', async () => {
    const runs = answering(onlyA, onlyA);
    const report = await confirmed(nothing, { failures: 2, runs: 3 }, runs.ask);
    expect(runs.asked).toEqual([['a', 'b'], ['a']]);
    expect(report.score).toBe(0);
    expect(report.anomalies).toEqual([{ kind: 'flaky', about: 'a', detail: 'failed 1 of 3 runs, so the failure is not confirmed' }]);
  });

  it('names it as flaky also when it failed often enough', async () => {
    const report = await confirmed(nothing, { failures: 2, runs: 3 }, answering(onlyA, nothing).ask);
    expect(report.anomalies).toEqual([{ kind: 'flaky', about: 'a', detail: 'failed 2 of 3 runs' }]);
  });

  it('says so when a run could not be made', async () => {
    const broken = reportWith({ a: 0, b: 0 }, { notGradable: 'no sandbox' });
    expect((await confirmed(nothing, { failures: 2, runs: 3 }, answering(broken).ask)).notGradable).toBe('no sandbox');
  });
});

describe('asking one question again', () => {
  it('keeps the rest and adds up anew', () => {
    const again = { ...right, questions: right.questions.slice(1) };
    expect(withQuestion(onlyA, again)).toMatchObject({ score: 5, points: 5, questions: [{ question: 'a' }, { question: 'b', score: 3 }] });
    expect(withQuestion(onlyA, { ...again, notGradable: 'no sandbox' })).toMatchObject({ score: 2, notGradable: 'no sandbox' });
  });
});
