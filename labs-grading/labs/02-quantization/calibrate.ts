import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  accuracy,
  type Dataset,
  deploy,
  loadDataset,
  type Model,
  oneCycleSchedule,
  predict,
  pretrained,
  quantize,
  random,
  refreshBatchNorm,
  subset,
  take,
} from 'tinylab';
import { trainedAs } from '../../../datasets/pretrained/recipes.ts';
import { accuracies, round } from './accuracies.ts';
import { depthwise } from './calibrate-depthwise.ts';
import { weightBits, weightBytes } from './weight-bits.ts';

// Measures what the bars and the figures of Lab 02 rest on, over five networks of each kind: node labs-grading/labs/02-quantization/calibrate.ts [PART
// …], all of it by default; `bands.json` keeps the other parts. Of each kind the first is the shipped one, the others are trained as it was. Half an hour
// on two quiet cores; each network's results are printed as they come.

const { train, validation, test } = await loadDataset('fashion-mnist');
const { hiddenFashionMnist } = await import('../../data/fashion-mnist/hidden.ts');
const hidden = hiddenFashionMnist();
const few = take(test, 1000);

const on = (model: Model, sets: readonly Dataset[] = [validation, test, hidden]): number[] => accuracies(model, sets);

const kernelsOf = (model: Model): string[] => model.nodes.flatMap(({ parameters: { kernel } }) => (kernel ? [kernel] : []));
const granularity = quantize.axis(-1);
const symmetric = (bits: number) => ({ format: quantize.affineFormat({ bits, symmetric: true }), granularity });
const affine = (bits: number) => ({ format: quantize.affineFormat({ bits }), granularity });

/** Code books from evenly spaced centroids: accuracy as they are, and with fresh statistics. */
async function codeBooks(dense: Model, seed: number): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {};
  for (const bits of [8, 4, 2, 1]) {
    const shared = quantize.kMeansQuantize(dense, { bits });
    found[`k-means ${bits} bits`] = on(shared);
    found[`k-means ${bits} bits, refreshed`] = on(await refreshBatchNorm(shared, train, { batches: 20, seed }));
  }
  return found;
}

/** Two bits a weight, symmetric: rounded after training, refreshed, and trained rounded. */
async function twoBits(dense: Model, seed: number): Promise<Record<string, number[]>> {
  const rounded = quantize.quantizeWeights(dense, symmetric(2));
  const aware = await quantize.trainQuantized(dense, train, {
    weights: symmetric(2),
    epochs: 1,
    learningRate: oneCycleSchedule(0.02),
    seed,
  });
  return {
    'two bits, rounded': on(rounded),
    'two bits, rounded and refreshed': on(await refreshBatchNorm(rounded, train, { batches: 20, seed })),
    'two bits, trained rounded': on(aware),
  };
}

/** Weights, input and output at 8 bits, what lies between at 8 and 2 by each range, calibrated on 100 images; 1,000 test images. */
function ranges(folded: Model): Record<string, number[]> {
  const eight = quantize.quantizeWeights(folded, symmetric(8));
  const methods = { 'min-max': quantize.minMax(), 'percentile 99': quantize.percentile({ percent: 99 }), mse: quantize.mse() };
  return Object.fromEntries(
    Object.entries(methods).flatMap(([name, range]) =>
      [8, 2].map(bits => {
        const wide = quantize.calibrate(eight, take(train, 100));
        const inner = Object.keys(wide).slice(1, -1);
        const intervals = quantize.calibrate(eight, take(train, 100), { range, format: { bits }, nodes: inner });
        const between = quantize.quantizeActivations(eight, { intervals, format: { bits } });
        const ends = Object.fromEntries(Object.entries(wide).filter(([id]) => !inner.includes(id)));
        const all = quantize.quantizeActivations(between, { intervals: ends, format: { bits: 8 } });
        return [`activations ${bits} bits, ${name}`, on(all, [few])];
      }),
    ),
  );
}

/** Activations at 8 bits, calibrated on 1, 10 and 100 images, five draws each; 1,000 test images. */
function images(folded: Model, seed: number): Record<string, number[]> {
  const eight = quantize.quantizeWeights(folded, symmetric(8));
  return Object.fromEntries(
    [1, 10, 100].map(count => [
      `calibrated on ${count}`,
      [0, 1, 2, 3, 4].map(draw => {
        const rng = random(100 * seed + draw).split(`${count}`);
        const chosen = subset(train, rng.permutation(train.images.shape[0] as number).subarray(0, count));
        const intervals = quantize.calibrate(eight, chosen);
        return round(accuracy(quantize.quantizeActivations(eight, { intervals, format: { bits: 8 } }), few));
      }),
    ]),
  );
}

/** The program of integers: how often it answers as the network does, on 100 images of each set. */
function integers(folded: Model): Record<string, number[]> {
  const eight = quantize.quantizeWeights(folded, symmetric(8));
  const intervals = quantize.calibrate(eight, take(train, 10));
  const program = deploy.lowerModel(quantize.quantizeActivations(eight, { intervals, format: { bits: 8 } }));
  const classes = (data: ArrayLike<number>, n: number): number => {
    const row = Array.from({ length: 10 }, (_, c) => data[10 * n + c] as number);
    return row.indexOf(Math.max(...row));
  };
  const agreement = (set: Dataset): number => {
    const some = take(set, 500);
    const { outputs } = deploy.runProgram(program, [deploy.quantizeInput(program, some.images)]);
    const own = deploy.dequantizeOutput(program, outputs[0] as deploy.Elements).data;
    const right = predict(folded, some.images).data;
    return round(Array.from({ length: 500 }, (_, n) => Number(classes(own, n) === classes(right, n))).reduce((a, b) => a + b) / 500);
  };
  return { 'integers agree, of 500': [validation, test, hidden].map(agreement) };
}

/** Affine weights of each output channel: 2 bits for all, 2.25 on average by relative error, and five random allocations of as many. */
function mixed(folded: Model, seed: number): Record<string, number[]> {
  const names = kernelsOf(folded);
  const at = (bits: Readonly<Record<string, number>>): Model =>
    names.reduce((model, name) => quantize.quantizeWeights(model, { ...affine(bits[name] as number), parameters: [name] }), folded);
  const count = (name: string): number => folded.parameters[name]?.value.data.length as number;
  const all = names.reduce((sum, name) => sum + count(name), 0);
  const table = quantize.weightErrors(folded, { scheme: affine, bits: [2, 3, 4, 5] });
  const guided = quantize.allocateBits(table, { meanBits: 2.25 });
  const drawn = [0, 1, 2, 3, 4].map(draw => {
    const rng = random(100 * seed + draw);
    const bits = Object.fromEntries(names.map(name => [name, 2]));
    let spent = 2 * all;
    for (const i of Array.from({ length: 200 }, () => rng.int(0, names.length - 1))) {
      const name = names[i] as string;
      if (spent + count(name) > 2.25 * all || (bits[name] as number) >= 5) continue;
      bits[name] = (bits[name] as number) + 1;
      spent += count(name);
    }
    return round(accuracy(at(bits), test));
  });
  return {
    'two bits for all': on(at(Object.fromEntries(names.map(name => [name, 2])))),
    'mean 2.25, guided': on(at(guided)),
    'mean 2.25, random': drawn,
  };
}

/** All of it for the VGG-like network of one seed. */
async function vggLike(seed: number): Promise<Record<string, unknown>> {
  const dense = seed === 0 ? pretrained('fashion-mnist-vgg') : await trainedAs('fashion-mnist-vgg', { seed, train });
  const folded = quantize.foldBatchNorm(dense);
  return {
    float: on(dense),
    ...(await codeBooks(dense, seed)),
    ...(await twoBits(dense, seed)),
    ...ranges(folded),
    ...images(folded, seed),
    ...integers(folded),
    ...mixed(folded, seed),
    ...weightBits(folded, test),
  };
}

const parts: Readonly<Record<string, (seed: number) => Promise<Record<string, unknown>>>> = {
  networks: vggLike,
  depthwise: seed => depthwise(seed, { train, sets: [validation, test, hidden] }),
};
const file = join(import.meta.dirname, 'bands.json');
const chosen = process.argv.slice(2);
for (const part of chosen.length > 0 ? chosen : Object.keys(parts)) {
  const measure = parts[part];
  if (!measure) throw new Error(`There is no part ${part}; there are ${Object.keys(parts).join(', ')}.`);
  const report: Record<string, unknown>[] = [];
  for (const seed of [0, 1, 2, 3, 4]) {
    const found = { seed, ...(await measure(seed)) };
    report.push(found);
    process.stdout.write(`${JSON.stringify(found)}\n`);
  }
  const old = JSON.parse(readFileSync(file, 'utf8'));
  const bands = { ...old, bytes: weightBytes(pretrained('fashion-mnist-vgg')), [part]: report };
  writeFileSync(file, `${JSON.stringify(bands, null, 1)}\n`);
}
