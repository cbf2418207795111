import { deploy, loadDataset, pretrained, quantize, take } from 'tinylab';
import { beforeAll, describe, expect, it } from 'vitest';
import { missing, wholeLab } from './whole-lab.ts';

const lab = await wholeLab('05-tinyengine');

/** What students hand in, made by the library: a network that fits, and one with too many values for the memory. */
async function handIn(): Promise<void> {
  const { train } = await loadDataset('fashion-mnist');
  const weights = { format: quantize.affineFormat({ bits: 8, symmetric: true }), granularity: quantize.axis(-1) };
  const rounded = quantize.quantizeWeights(quantize.foldBatchNorm(pretrained('fashion-mnist-tiny-14-16')), weights);
  const intervals = quantize.calibrate(rounded, take(train, 100));
  const whole = deploy.lowerModel(quantize.quantizeActivations(rounded, { intervals, format: { bits: 8 } }));
  lab.handIn('network', [deploy.patchProgram(whole, { steps: 5, rows: 1, columns: 2 }), whole]);
}

beforeAll(handIn, 60_000);

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

  it('a network that does not fit is refused, and figures of another program are', async () => {
    const report = await lab.grade(lab.solution, 'wrong', ['network']);
    const [network] = report.questions;
    expect(network?.score).toBeLessThanOrEqual(3);
    expect(missing(report).join()).toMatch(/too many for the memory/);
  });

  it.each(lab.rounds.map((round, i) => [i + 1, round] as const))('known wrong answers are caught, each with its hint: run %i', (_, round) =>
    lab.expectCaught(round),
  );
});
