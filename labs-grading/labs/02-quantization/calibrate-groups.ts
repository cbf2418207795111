import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, fit, loadDataset, type Model, oneCycleSchedule, predict, pretrained, quantize, random, take } from 'tinylab';
import { trainedAs } from '../../../datasets/pretrained/recipes.ts';
import { accuracies, round } from './accuracies.ts';
import { atGroups } from './weight-bits.ts';

// Measures what Lab 02 says of groups, of a smoke test and of training at 4 bits, over five networks: the shipped one and four trained as it was.
// node labs-grading/labs/02-quantization/calibrate-groups.ts: three quarters of an hour on two quiet cores. Results are printed as they come.

const { train, validation, test } = await loadDataset('fashion-mnist');
const on = (model: Model, sets: readonly Dataset[] = [validation, test]): number[] => accuracies(model, sets);

const rightOf = (model: Model, set: Dataset): boolean[] => {
  const { data } = predict(model, set.images);
  return Array.from(set.labels.data, (label, n) => {
    const row = Array.from(data.slice(10 * n, 10 * n + 10));
    return row.indexOf(Math.max(...row)) === label;
  });
};

/** Accuracy of both, and in how many of 1,000 draws of 20 test images groups are not ahead. */
function groups(folded: Model, seed: number): Record<string, number[]> {
  const [channel, group] = [atGroups(folded, { bits: 2 }), atGroups(folded, { bits: 2, size: 32 })];
  const [a, b] = [rightOf(channel, test), rightOf(group, test)];
  const rng = random(seed).split('smoke');
  let fooled = 0;
  for (let draw = 0; draw < 1000; draw++) {
    const chosen = rng.permutation(a.length).subarray(0, 20);
    const ahead = chosen.reduce((sum, i) => sum + Number(b[i]) - Number(a[i]), 0);
    if (ahead <= 0) fooled++;
  }
  return {
    'two bits, channel': on(channel),
    'two bits, groups of 32': on(group),
    'channel, first 20 images': on(
      channel,
      [validation, test].map(set => take(set, 20)),
    ),
    'groups of 32, first 20 images': on(
      group,
      [validation, test].map(set => take(set, 20)),
    ),
    'of 1,000 draws of 20 test images, groups not ahead': [fooled],
  };
}

/** Four bits: rounded after training, after an epoch of training with rounded weights, and after an epoch of training without. */
async function fourBits(dense: Model, seed: number): Promise<Record<string, number[]>> {
  const weights = { format: quantize.affineFormat({ bits: 4, symmetric: true }), granularity: quantize.axis(-1) };
  const options = { epochs: 1, learningRate: oneCycleSchedule(0.02), seed };
  return {
    float: on(dense),
    'four bits, rounded': on(quantize.quantizeWeights(dense, weights)),
    'four bits, trained rounded': on(await quantize.trainQuantized(dense, train, { ...options, weights })),
    'four bits, trained in float, rounded': on(quantize.quantizeWeights(await fit(dense, train, options), weights)),
  };
}

const report: Record<string, unknown>[] = [];
for (const seed of [0, 1, 2, 3, 4]) {
  const dense = seed === 0 ? pretrained('fashion-mnist-vgg') : await trainedAs('fashion-mnist-vgg', { seed, train });
  const found = { seed, ...groups(quantize.foldBatchNorm(dense), seed) };
  process.stdout.write(`${JSON.stringify(found)}\n`);
  const four = await fourBits(dense, seed);
  process.stdout.write(`${JSON.stringify(four)}\n`);
  report.push({ ...found, ...four });
  writeFileSync(
    join(import.meta.dirname, 'bands-groups.json'),
    `${JSON.stringify({ sets: ['validation', 'test'], networks: report }, null, 1)}\n`,
  );
}
