import {
  cosineSchedule,
  fit,
  loadDataset,
  lotteryTicket,
  type Model,
  macs,
  masksOf,
  mlp,
  pretrained,
  pruneChannels,
  pruneMagnitude,
  refreshBatchNorm,
} from 'tinylab';
import { beforeAll, describe, expect, it } from 'vitest';
import { missing, wholeLab } from './whole-lab.ts';

const lab = await wholeLab('01-pruning');

/** What students hand in, made by the library: right, and untrained or not pruned. */
async function handIn(): Promise<void> {
  const dense = pretrained('fashion-mnist-vgg');
  const { train } = await loadDataset('fashion-mnist');
  const kernels = Object.keys(dense.parameters).filter(name => name.endsWith('.kernel'));
  const shares = [0.3, 0.5, 0.6, 0.7, 0.7, 0.75, 0.75, 0.87, 0.5];
  const pruned = pruneMagnitude(dense, { sparsity: Object.fromEntries(kernels.map((name, i) => [name, shares[i] as number])) });
  const cut = pruneChannels(dense, { ratio: 0.3, groups: [1, 2, 3, 4, 5, 6, 7].map(i => `conv2d-${i}`) });
  const narrow = await fit(cut, train, { epochs: 1, learningRate: cosineSchedule(0.05), weightDecay: 5e-4, augment: { flip: true } });
  const tickets = await lotteryTicket(mlp({ seed: 1 }), train, {
    rounds: 3,
    rate: 0.55,
    epochs: 1,
    optimizer: 'adam',
    learningRate: 0.0012,
  });
  const latencies = (small: Model, factor: number) =>
    Object.fromEntries(
      Object.entries({ dense, narrow: small }).map(([name, net]) => [name, { macs: factor * macs(net), milliseconds: 1 }]),
    );
  const results = {
    pruned: [await refreshBatchNorm(pruned, train), pruned],
    narrow: [narrow, cut],
    latencies: [latencies(narrow, 1), latencies(narrow, 2)],
    tickets: [masksOf(tickets.at(-1)?.ticket as Model), masksOf(pruneMagnitude(mlp({ seed: 3 }), { sparsity: 0.91 }))],
  };
  for (const [name, both] of Object.entries(results)) lab.handIn(name, both as [unknown, unknown]);
}

beforeAll(handIn, 300_000);

describe('Lab 01', () => {
  it('the solution, with results of the library, gets full marks and the bonus', async () => {
    const report = await lab.grade(lab.solution, 'right');
    expect(missing(report)).toEqual([]);
    expect(report).toMatchObject({ points: 100, score: 105 });
  });

  it('the untouched notebook gets 0 on every question', async () => {
    const report = await lab.grade(lab.stub);
    expect(report.questions.map(({ score }) => score)).toEqual(report.questions.map(() => 0));
  });

  it('an empty answer costs no other question, but for those that say so', () => lab.expectLone());

  it('results that were not trained, pruned or measured as asked are refused, each with its hint', async () => {
    const hints = missing(await lab.grade(lab.solution, 'wrong', ['pruned', 'narrow', 'latency', 'tickets'])).join('\n');
    expect(hints).toMatch(/pruned 0: No weight has moved\. fit returns a new model .* Train the pruned network for one more epoch/);
    expect(hints).toMatch(/narrow 0: No weight has moved\. .* Sort before you cut, then fine-tune/);
    expect(hints).toMatch(/tickets 0: Take the masks from nextTicket/);
    expect(hints).toMatch(/latency 0: Those are FLOPs/);
  });

  it.each(lab.rounds.map((round, i) => [i + 1, round] as const))('known wrong answers are caught, each with its hint: run %i', (_, round) =>
    lab.expectCaught(round),
  );
});
