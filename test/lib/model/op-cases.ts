import type { Attribute } from '../../../lib/model/model.ts';
import { at, convolution, depthwise, each, mean, pool, type Reference, transposed, type Values, values, variance } from './reference.ts';

/** One use of an op on small, odd sizes, with the shape, the counts and the values it must have. */
export interface OpCase {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (readonly number[])[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly output: readonly number[];
  readonly parameters?: number;
  readonly training?: boolean;
  /** Standard deviation of the inputs; default 1. */
  readonly spread?: number;
  readonly reference: Reference;
}

const conv = { strides: [1, 1], dilations: [1, 1], groups: 1, bias: true, initial: 'he' };
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const columns = (x: Values, c: number): number[] => [...x.data].filter((_, i) => i % (x.shape.at(-1) as number) === c);

const normalised: Reference = ([x], p) =>
  values((x as Values).shape, index => {
    const c = index.at(-1) as number;
    const scale = at(p.gamma as Values, c) / Math.sqrt(at(p.variance as Values, c) + 1e-3);
    return scale * (at(x as Values, ...index) - at(p.mean as Values, c)) + at(p.beta as Values, c);
  });

const batchNormalised: Reference = ([x], p) =>
  values((x as Values).shape, index => {
    const c = index.at(-1) as number;
    const seen = columns(x as Values, c);
    const unit = (at(x as Values, ...index) - mean(seen)) / Math.sqrt(variance(seen) + 1e-3);
    return at(p.gamma as Values, c) * unit + at(p.beta as Values, c);
  });

const rowOf = (x: Values, index: readonly number[]): number[] =>
  Array.from({ length: x.shape.at(-1) as number }, (_, c) => at(x, ...index.slice(0, -1), c));

const layerNormalised: Reference = ([x], p) =>
  values((x as Values).shape, index => {
    const row = rowOf(x as Values, index);
    const c = index.at(-1) as number;
    return (at(p.gamma as Values, c) * (at(x as Values, ...index) - mean(row))) / Math.sqrt(variance(row) + 1e-5) + at(p.beta as Values, c);
  });

const padded = (shape: readonly number[], from: (i: number, size: number) => number): Reference => {
  return ([x]) => values([2, ...shape], ([n = 0, i = 0, j = 0, c = 0]) => at(x as Values, n, from(i - 1, 3), from(j - 2, 4), c));
};

const dense: Reference = ([x], { kernel, bias }, count) => {
  const { shape } = x as Values;
  return values([...shape.slice(0, -1), (kernel as Values).shape[1] as number], index => {
    const terms = rowOf(x as Values, index).map((value, i) => value * at(kernel as Values, i, index.at(-1) as number));
    for (const _ of terms) if (index[0] === 0) count();
    return sum(terms) + (bias ? at(bias, index.at(-1) as number) : 0);
  });
};

const layers: readonly OpCase[] = [
  {
    name: 'padding same, odd sizes, stride 2',
    op: 'conv2d',
    inputs: [[5, 6, 3]],
    attributes: { ...conv, filters: 4, kernelSize: [3, 2], strides: [2, 2], padding: 'same' },
    output: [3, 3, 4],
    parameters: 3 * 2 * 3 * 4 + 4,
    reference: convolution({ output: [3, 3], kernel: [3, 2], stride: 2, before: [1, 0] }),
  },
  {
    name: 'padding valid, no bias',
    op: 'conv2d',
    inputs: [[5, 4, 1]],
    attributes: { ...conv, filters: 2, kernelSize: [3, 3], padding: 'valid', bias: false },
    output: [3, 2, 2],
    parameters: 18,
    reference: convolution({ output: [3, 2], kernel: [3, 3] }),
  },
  {
    name: 'two zeros on every side',
    op: 'conv2d',
    inputs: [[4, 5, 2]],
    attributes: { ...conv, filters: 3, kernelSize: [5, 5], padding: 2 },
    output: [4, 5, 3],
    parameters: 5 * 5 * 2 * 3 + 3,
    reference: convolution({ output: [4, 5], kernel: [5, 5], before: [2, 2] }),
  },
  {
    name: 'uneven borders, stride 3',
    op: 'conv2d',
    inputs: [[6, 7, 2]],
    attributes: { ...conv, filters: 2, kernelSize: [3, 3], strides: [3, 3], padding: [0, 2, 1, 0] },
    output: [2, 2, 2],
    parameters: 38,
    reference: convolution({ output: [2, 2], kernel: [3, 3], stride: 3, before: [0, 1] }),
  },
  {
    name: 'three groups',
    op: 'conv2d',
    inputs: [[4, 3, 6]],
    attributes: { ...conv, filters: 9, kernelSize: [3, 3], padding: 'same', groups: 3 },
    output: [4, 3, 9],
    parameters: (3 * 3 * 6 * 9) / 3 + 9,
    reference: convolution({ output: [4, 3], kernel: [3, 3], before: [1, 1] }, 3),
  },
  {
    name: 'dilated by 2',
    op: 'conv2d',
    inputs: [[7, 6, 2]],
    attributes: { ...conv, filters: 2, kernelSize: [3, 3], padding: 'same', dilations: [2, 2] },
    output: [7, 6, 2],
    parameters: 38,
    reference: convolution({ output: [7, 6], kernel: [3, 3], dilation: 2, before: [2, 2] }),
  },
  {
    name: 'two outputs a channel',
    op: 'depthwise-conv2d',
    inputs: [[5, 4, 3]],
    attributes: { multiplier: 2, kernelSize: [3, 3], strides: [2, 2], padding: 1, dilations: [1, 1], bias: true, initial: 'he' },
    output: [3, 2, 6],
    parameters: 9 * 3 * 2 + 6,
    reference: depthwise({ output: [3, 2], kernel: [3, 3], stride: 2, before: [1, 1] }),
  },
  {
    name: 'dilated',
    op: 'depthwise-conv2d',
    inputs: [[5, 6, 2]],
    attributes: { multiplier: 1, kernelSize: [3, 2], strides: [1, 1], padding: 'valid', dilations: [2, 2], bias: false, initial: 'he' },
    output: [1, 4, 2],
    parameters: 12,
    reference: depthwise({ output: [1, 4], kernel: [3, 2], dilation: 2 }),
  },
  {
    name: 'padding same, stride 2',
    op: 'conv2d-transpose',
    inputs: [[3, 2, 2]],
    attributes: { filters: 3, kernelSize: [3, 3], strides: [2, 2], padding: 'same', bias: true, initial: 'he' },
    output: [6, 4, 3],
    parameters: 9 * 2 * 3 + 3,
    reference: transposed({ output: [6, 4], kernel: [3, 3], stride: 2 }),
  },
  {
    name: 'kernel smaller than the stride',
    op: 'conv2d-transpose',
    inputs: [[2, 3, 1]],
    attributes: { filters: 2, kernelSize: [2, 2], strides: [3, 3], padding: 'same', bias: false, initial: 'he' },
    output: [6, 9, 2],
    parameters: 8,
    reference: transposed({ output: [6, 9], kernel: [2, 2], stride: 3 }),
  },
  {
    name: 'one row and column cut on every side',
    op: 'conv2d-transpose',
    inputs: [[3, 3, 2]],
    attributes: { filters: 2, kernelSize: [4, 4], strides: [2, 2], padding: 1, bias: false, initial: 'he' },
    output: [6, 6, 2],
    parameters: 64,
    reference: transposed({ output: [6, 6], kernel: [4, 4], stride: 2, before: [1, 1] }),
  },
  {
    name: 'vectors',
    op: 'dense',
    inputs: [[5]],
    attributes: { units: 3, bias: true, initial: 'glorot' },
    output: [3],
    parameters: 18,
    reference: dense,
  },
  {
    name: 'the last axis of three',
    op: 'dense',
    inputs: [[2, 3, 4]],
    attributes: { units: 2, bias: false, initial: 'he' },
    output: [2, 3, 2],
    parameters: 8,
    reference: dense,
  },
  {
    name: 'inference',
    op: 'batch-norm',
    inputs: [[3, 2, 4]],
    attributes: { epsilon: 1e-3, momentum: 0.9 },
    output: [3, 2, 4],
    parameters: 8,
    reference: normalised,
  },
  {
    name: 'training',
    op: 'batch-norm',
    inputs: [[3, 2, 4]],
    attributes: { epsilon: 1e-3, momentum: 0.9 },
    output: [3, 2, 4],
    parameters: 8,
    training: true,
    reference: batchNormalised,
  },
  {
    name: 'training, vectors',
    op: 'batch-norm',
    inputs: [[3]],
    attributes: { epsilon: 1e-3, momentum: 0.9 },
    output: [3],
    parameters: 6,
    training: true,
    reference: batchNormalised,
  },
  {
    name: 'each position',
    op: 'layer-norm',
    inputs: [[2, 5]],
    attributes: { epsilon: 1e-5 },
    output: [2, 5],
    parameters: 10,
    reference: layerNormalised,
  },
];

const poolings: readonly OpCase[] = [
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

const activations: readonly OpCase[] = (
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

const others: readonly OpCase[] = [
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

export const opCases: readonly OpCase[] = [...layers, ...poolings, ...activations, ...others];
