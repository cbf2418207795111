import { beforeAll, describe, expect, it } from 'vitest';
import { rowsOfRuns, student } from '../../labs-grading/labs/04-distillation/runs.ts';
import { missing, wholeLab } from './whole-lab.ts';

const lab = await wholeLab('04-distillation');

/** What students hand in: three students of the further images, who reach what is asked of the others too, and three that were never trained. */
async function handIn(): Promise<void> {
  for (const seed of [0, 1, 2]) {
    const taught = await rowsOfRuns.further?.({ row: 'further', choice: 0, seed, steps: 1500 });
    const untrained = student([8, 12, 22], seed);
    for (const kind of ['distilled', 'further']) lab.handIn(`${kind}-${seed}`, [taught, untrained]);
    if (seed === 0) lab.handIn('control', [taught, untrained]);
  }
  const modes = { inference: 0.9, shuffled: 0.9, sorted: 0.2 };
  lab.handIn('modes', [modes, modes]);
}

beforeAll(handIn, 180_000);

describe('Lab 04', () => {
  it('the solution gets full marks', async () => {
    const report = await lab.grade(lab.solution, 'right');
    expect(missing(report)).toEqual([]);
  });

  it('the untouched notebook gets 0 on every question', async () => {
    const report = await lab.grade(lab.stub);
    expect(report.questions.map(({ score }) => score)).toEqual(report.questions.map(() => 0));
  });

  it('an empty answer costs no other question, but for those that say so', () => lab.expectLone());

  it('students that were never trained are refused', async () => {
    const report = await lab.grade(lab.solution, 'wrong', ['distilled', 'further']);
    expect(report.questions.map(({ score }) => score)).toEqual([0, 0]);
    expect(missing(report).join()).toMatch(/no better than chance/);
  });

  it.each(lab.rounds.map((round, i) => [i + 1, round] as const))('known wrong answers are caught, each with its hint: run %i', (_, round) =>
    lab.expectCaught(round),
  );
});
