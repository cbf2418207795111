import { deploy, loadDataset, type Model, oneCycleSchedule, pretrained, quantize, refreshBatchNorm, take } from 'tinylab';
import { beforeAll, describe, expect, it } from 'vitest';
import { missing, wholeLab } from './whole-lab.ts';

const lab = await wholeLab('02-quantization');

/** What students hand in, made by the library: right, and not quantized, too coarse or not trained. */
async function handIn(): Promise<void> {
  const dense = pretrained('fashion-mnist-vgg');
  const { train } = await loadDataset('fashion-mnist');
  const shared = quantize.kMeansQuantize(dense, { bits: 2 });
  const granularity = quantize.axis(-1);
  const eight = quantize.quantizeWeights(quantize.foldBatchNorm(dense), {
    format: quantize.affineFormat({ bits: 8, symmetric: true }),
    granularity,
  });
  const intervals = quantize.calibrate(eight, take(train, 10));
  const lowered = (bits: number) => deploy.lowerModel(quantize.quantizeActivations(eight, { intervals, format: { bits } }));
  const weights = { format: quantize.affineFormat({ bits: 2, symmetric: true }), granularity };
  const trained = await quantize.trainQuantized(dense, train, { weights, epochs: 1, learningRate: oneCycleSchedule(0.02), seed: 1 });
  const planted = quantize.plantScales(quantize.foldBatchNorm(pretrained('fashion-mnist-depthwise')), { spread: 16 });
  const oneScale = {
    weights: { format: { kind: 'affine', bits: 8, symmetric: true }, granularity: { kind: 'tensor' } },
    activations: { format: { kind: 'affine', bits: 8 } },
  } as const;
  const inOneScale = (net: Model) => deploy.lowerModel(quantize.quantizeModel(net, oneScale, { data: take(train, 100) }));
  lab.handIn('repaired', [inOneScale(quantize.equalizeCrossLayers(planted)), inOneScale(planted)]);
  lab.handIn('recovered', [await refreshBatchNorm(shared, train, { batches: 20 }), shared]);
  lab.handIn('program', [lowered(8), lowered(2)]);
  lab.handIn('qat', [trained, quantize.quantizeWeights(dense, weights)]);
}

beforeAll(handIn, 300_000);

describe('Lab 02', () => {
  it('the solution, with results of the library, gets full marks', async () => {
    const report = await lab.grade(lab.solution, 'right');
    expect(missing(report)).toEqual([]);
    expect(report).toMatchObject({ points: 100, score: 105 });
    const mixed = report.questions.find(({ question }) => question === 'mixed-precision');
    expect(mixed?.items.map(({ asked }) => asked).join('\n')).toMatch(/leaderboard score \d+\.\d\d/);
  });

  it('the untouched notebook gets 0 on every question', async () => {
    const report = await lab.grade(lab.stub);
    expect(report.questions.map(({ score }) => score)).toEqual(report.questions.map(() => 0));
  });

  it('an empty answer costs no other question, but for those that say so', () => lab.expectLone());

  it('networks that were not refreshed, are too coarse or were not trained are refused, each with its hint', async () => {
    const hints = missing(await lab.grade(lab.solution, 'wrong', ['recovered', 'program', 'depthwise', 'trained-rounded'])).join('\n');
    expect(hints).toMatch(/recovered 0: Refresh the batch-norm statistics/);
    expect(hints).toMatch(/program \d: Calibrate on images/);
    expect(hints).toMatch(/depthwise 2: Those are the weights of `uneven` as they are/);
    expect(hints).toMatch(/trained-rounded 0: One epoch over all of `train`/);
  });

  it.each(lab.rounds.map((round, i) => [i + 1, round] as const))('known wrong answers are caught, each with its hint: run %i', (_, round) =>
    lab.expectCaught(round),
  );
});
