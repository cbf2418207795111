import { describe, expect, it } from 'vitest';
import { missing, wholeLab } from './whole-lab.ts';

const lab = await wholeLab('05-tinyengine');

describe('Lab 05', () => {
  it('the solution gets full marks', async () => {
    const report = await lab.grade(lab.solution, 'right');
    expect(missing(report)).toEqual([]);
    expect(report).toMatchObject({ points: 100, score: 105 });
  });

  it('the untouched notebook gets 0 on every question', async () => {
    const report = await lab.grade(lab.stub);
    expect(report.questions.map(({ score }) => score)).toEqual(report.questions.map(() => 0));
  });

  it('an empty answer costs no other question, but for those that say so', () => lab.expectLone());

  it.each(lab.rounds.map((round, i) => [i + 1, round] as const))('known wrong answers are caught, each with its hint: run %i', (_, round) =>
    lab.expectCaught(round),
  );
});
