import { at, each, mean, pool, type Reference, type Values, values } from '../reference.ts';
import { type OpCase, rowOf, sum } from './op-case.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const padded = (shape: readonly number[], from: (i: number, size: number) => number): Reference => {
  return ([x]) => values([2, ...shape], ([n = 0, i = 0, j = 0, c = 0]) => at(x as Values, n, from(i - 1, 3), from(j - 2, 4), c));
};

export const poolings: readonly OpCase[] = [
  {
    name: 'odd size',
    op: 'max-pool',
    inputs: [[5, 4, 2]],
    attributes: { kernelSize: [2, 2], strides: [2, 2], padding: 'valid' },
    output: [2, 2, 2],
    reference: pool({ output: [2, 2], kernel: [2, 2], stride: 2 }, seen => Math.max(...seen)),
  },
  {
    name: 'overlapping, same',
    op: 'max-pool',
    inputs: [[5, 4, 2]],
    attributes: { kernelSize: [3, 3], strides: [2, 2], padding: 'same' },
    output: [3, 2, 2],
    reference: pool({ output: [3, 2], kernel: [3, 3], stride: 2, before: [1, 0] }, seen => Math.max(...seen)),
  },
  {
    name: 'a border never wins',
    op: 'max-pool',
    inputs: [[5, 4, 2]],
    attributes: { kernelSize: [3, 3], strides: [2, 2], padding: 1 },
    output: [3, 2, 2],
    reference: pool({ output: [3, 2], kernel: [3, 3], stride: 2, before: [1, 1] }, seen => Math.max(...seen)),
  },
  {
    name: 'odd size',
    op: 'average-pool',
    inputs: [[5, 4, 2]],
    attributes: { kernelSize: [2, 3], strides: [2, 2], padding: 'valid' },
    output: [2, 1, 2],
    reference: pool({ output: [2, 1], kernel: [2, 3], stride: 2 }, mean),
  },
  {
    name: 'the border is not counted',
    op: 'average-pool',
    inputs: [[5, 4, 2]],
    attributes: { kernelSize: [3, 3], strides: [2, 2], padding: 1 },
    output: [3, 2, 2],
    reference: pool({ output: [3, 2], kernel: [3, 3], stride: 2, before: [1, 1] }, mean),
  },
  {
    name: 'all of it',
    op: 'global-average-pool',
    inputs: [[3, 5, 2]],
    output: [2],
    reference: ([x]) =>
      values([2, 2], ([n = 0, c = 0]) => mean(Array.from({ length: 15 }, (_, i) => at(x as Values, n, Math.floor(i / 5), i % 5, c)))),
  },
];

export const activations: readonly OpCase[] = (
  [
    ['relu', x => Math.max(x, 0)],
    ['relu6', x => Math.min(Math.max(x, 0), 6)],
    ['sigmoid', sigmoid],
    ['tanh', Math.tanh],
    ['swish', x => x * sigmoid(x)],
    ['hard-swish', x => (x * Math.min(Math.max(x + 3, 0), 6)) / 6],
  ] as [string, (x: number) => number][]
).map(([op, fn]) => ({
  name: 'elementwise',
  op,
  inputs: [[3, 4]],
  output: [3, 4],
  spread: op === 'relu6' ? 5 : 1,
  reference: each(fn),
}));

export const others: readonly OpCase[] = [
  {
    name: 'elementwise',
    op: 'sign',
    inputs: [[3, 4]],
    attributes: { scaled: false },
    output: [3, 4],
    estimated: true,
    reference: each(x => (x >= 0 ? 1 : -1)),
  },
  {
    name: 'times the mean magnitude of the example',
    op: 'sign',
    inputs: [[3, 2]],
    attributes: { scaled: true },
    output: [3, 2],
    estimated: true,
    reference: ([x]) =>
      values([2, 3, 2], ([n = 0, i = 0, j = 0]) => {
        const all = Array.from({ length: 6 }, (_, k) => Math.abs(at(x as Values, n, k >> 1, k & 1)));
        return (at(x as Values, n, i, j) >= 0 ? 1 : -1) * mean(all);
      }),
  },
  {
    name: 'elementwise',
    op: 'leaky-relu',
    inputs: [[3, 4]],
    attributes: { slope: 0.2 },
    output: [3, 4],
    reference: each(x => (x > 0 ? x : 0.2 * x)),
  },
  {
    name: 'last axis',
    op: 'softmax',
    inputs: [[3, 4]],
    output: [3, 4],
    reference: ([x]) =>
      values((x as Values).shape, index => Math.exp(at(x as Values, ...index)) / sum(rowOf(x as Values, index).map(Math.exp))),
  },
  {
    name: 'three inputs',
    op: 'add',
    inputs: [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    output: [2, 3],
    reference: inputs => values([2, 2, 3], index => sum(inputs.map(x => at(x, ...index)))),
  },
  {
    name: 'channels',
    op: 'concat',
    inputs: [
      [2, 2, 1],
      [2, 2, 3],
    ],
    attributes: { axis: -1 },
    output: [2, 2, 4],
    reference: ([a, b]) =>
      values([2, 2, 2, 4], ([n = 0, i = 0, j = 0, c = 0]) => (c < 1 ? at(a as Values, n, i, j, c) : at(b as Values, n, i, j, c - 1))),
  },
  {
    name: 'rows',
    op: 'concat',
    inputs: [
      [2, 3],
      [1, 3],
    ],
    attributes: { axis: 0 },
    output: [3, 3],
    reference: ([a, b]) => values([2, 3, 3], ([n = 0, i = 0, j = 0]) => (i < 2 ? at(a as Values, n, i, j) : at(b as Values, n, i - 2, j))),
  },
  {
    name: 'zero',
    op: 'pad',
    inputs: [[3, 4, 2]],
    attributes: { sides: [1, 2, 2, 0], mode: 'zero' },
    output: [6, 6, 2],
    reference: padded([6, 6, 2], i => i),
  },
  {
    name: 'reflect',
    op: 'pad',
    inputs: [[3, 4, 2]],
    attributes: { sides: [1, 2, 2, 0], mode: 'reflect' },
    output: [6, 6, 2],
    reference: padded([6, 6, 2], (i, size) => (i < 0 ? -i : i >= size ? 2 * size - 2 - i : i)),
  },
  {
    name: 'replicate',
    op: 'pad',
    inputs: [[3, 4, 2]],
    attributes: { sides: [1, 2, 2, 0], mode: 'replicate' },
    output: [6, 6, 2],
    reference: padded([6, 6, 2], (i, size) => Math.max(0, Math.min(size - 1, i))),
  },
  {
    name: 'one axis',
    op: 'flatten',
    inputs: [[2, 3, 2]],
    output: [12],
    reference: ([x]) => ({ shape: [2, 12], data: (x as Values).data }),
  },
  {
    name: 'two axes',
    op: 'reshape',
    inputs: [[2, 3, 2]],
    attributes: { shape: [4, 3] },
    output: [4, 3],
    reference: ([x]) => ({ shape: [2, 4, 3], data: (x as Values).data }),
  },
];
