import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset, type NDArray, predict, pretrained, random, take } from 'tinylab';
import { type DenseLayer, exponentErrors } from '../../../notebooks/02-quantization/awq-reference.ts';

// Measures what Lab 02 says of loud inputs, on the classifier of its network at 4 bits: as it is, and with three inputs of 128 made 20 times as large,
// five draws of the three. Seconds: node labs-grading/labs/02-quantization/calibrate-awq.ts

const { train } = await loadDataset('fashion-mnist');
const dense = pretrained('fashion-mnist-vgg');
const { inputs: [reads = ''] = [], parameters = {} } = dense.nodes.at(-1) ?? {};
const exponents = Array.from({ length: 11 }, (_, i) => i / 10);
const rowsOf = ({ shape: [rows = 0, columns = 0], data }: NDArray): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.slice(i * columns, (i + 1) * columns)));
const round = (x: number): number => Number(x.toPrecision(3));

const asItIs: DenseLayer = {
  inputs: rowsOf(predict({ ...dense, nodes: dense.nodes.slice(0, -1), output: reads }, take(train, 200).images)),
  weight: rowsOf((dense.parameters[parameters.kernel ?? ''] as (typeof dense.parameters)[string]).value),
};

const planted = (channels: readonly number[]): DenseLayer => {
  const by = (j: number): number => (channels.includes(j) ? 20 : 1);
  return {
    inputs: asItIs.inputs.map(row => row.map((x, j) => x * by(j))),
    weight: asItIs.weight.map((row, j) => row.map(w => w / by(j))),
  };
};

const errorsOf = (layer: DenseLayer): number[] => exponentErrors({ ...layer, bits: 4, exponents }).map(round);
const draws = [[5, 40, 77], ...[1, 2, 3, 4].map(seed => Array.from(random(seed).permutation(128).subarray(0, 3)))];
const found = {
  exponents,
  'as it is': errorsOf(asItIs),
  planted: draws.map(channels => ({ channels, errors: errorsOf(planted(channels)) })),
};
writeFileSync(join(import.meta.dirname, 'bands-awq.json'), `${JSON.stringify(found, null, 1)}\n`);
