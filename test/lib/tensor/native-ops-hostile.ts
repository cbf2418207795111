import { type Random, random } from '../../../lib/tensor/random.ts';
import { attribute, type OpAttribute } from '../../../lib/tensor/run-op.ts';
import { tf } from '../../../lib/tensor/tf.ts';

type Shape = readonly number[];

/** A run of one of the project's TensorFlow ops with inputs and attributes that mostly do not fit. */
export interface HostileRun {
  readonly op: string;
  readonly inputs: readonly { readonly shape: Shape; readonly dtype: 'float32' | 'int32' }[];
  readonly attributes: Readonly<Record<string, number>>;
  readonly outputs: number;
  readonly spoiled: readonly string[];
}

const below = (rng: Random, count: number): number => Math.floor(rng.next() * count);
const pick = <T>(rng: Random, list: readonly T[]): T => list[below(rng, list.length)] as T;

const floats = new Set(['epsilon', 'low', 'high', 'smoothing']);
const oddInts = [0, 1, 2, 3, 5, 64, -1, -7, 2 ** 31 - 1, -(2 ** 31), 2 ** 40, 2 ** 52, -(2 ** 52)];
const oddFloats = [0, -1, 1, 6, Number.NaN, Infinity, -Infinity, 1e38, 1e-45];

type Right = (rng: Random) => Omit<HostileRun, 'op' | 'spoiled' | 'inputs'> & {
  readonly inputs: readonly Shape[] /** Which of them is int32. */;
  readonly ints?: number;
};

const size = (rng: Random): number => pick(rng, [0, 1, 1, 2, 3, 4, 5, 7, 17]);
const some = (rng: Random): number => 1 + below(rng, 17);
const threads = (rng: Random): number => pick(rng, [1, 2, 3]);
const clip = (rng: Random) => ({ epsilon: 1e-3, low: pick(rng, [0, -Infinity]), high: pick(rng, [6, Infinity]), threads: threads(rng) });

/** Images with channels of batch normalisation: `before` inputs of their shape, then values of each channel. */
const normalised =
  (before: number, channels: number, outputs: number): Right =>
  rng => {
    const x = [...Array.from({ length: below(rng, 4) }, () => size(rng)), size(rng)];
    const c = x.slice(-1);
    return { inputs: [...Array<Shape>(before).fill(x), ...Array<Shape>(channels).fill(c)], attributes: clip(rng), outputs };
  };

const pointwise =
  (inputs: (x: Shape, filter: Shape, y: Shape) => readonly Shape[]): Right =>
  rng => {
    const [n, h, w, k, outs] = [size(rng), size(rng), size(rng), size(rng), size(rng)] as const;
    return { inputs: inputs([n, h, w, k], [1, 1, k, outs], [n, h, w, outs]), attributes: { threads: threads(rng) }, outputs: 1 };
  };

type Which = 'forward' | 'input' | 'filter';
type Window = { readonly filter: Shape; readonly outputs: number; readonly window: Readonly<Record<string, number>> };

/** The three ops of a convolution, whose images may be of any size beside its filter and window. */
const convolution =
  (windowOf: (rng: Random) => Window) =>
  (which: Which): Right =>
  rng => {
    const { filter, outputs, window } = windowOf(rng);
    const [n, h, w, oh, ow] = [size(rng), size(rng), size(rng), size(rng), size(rng)] as const;
    const [x, y] = [
      [n, h, w, filter[2] as number],
      [n, oh, ow, outputs],
    ];
    const [height, width] = { forward: [oh, ow], input: [h, w], filter }[which] as [number, number];
    return {
      inputs: { forward: [x, filter], input: [y, filter], filter: [x, y] }[which],
      attributes: { ...window, height, width, threads: threads(rng) },
      outputs: 1,
    };
  };

const depthwise = convolution(rng => {
  const [kh, kw, c] = [pick(rng, [1, 2, 3, 5, 7]), pick(rng, [1, 2, 3, 5, 7]), size(rng)];
  const window = { stride_down: 1 + below(rng, 3), stride_right: 1 + below(rng, 3), top: below(rng, 4), left: below(rng, 4) };
  return { filter: [kh, kw, c, 1], outputs: c, window };
});

const conv = convolution(rng => {
  const [c, outputs] = [size(rng), size(rng)];
  return { filter: [3, 3, c, outputs], outputs, window: { top: below(rng, 4), left: below(rng, 4), bf16: below(rng, 2) } };
});

const update: Right = rng => {
  const [rule, n] = [below(rng, 5), 1 + below(rng, 3)];
  const slots = rule === 0 ? 0 : rule < 3 ? 1 : 2;
  const parameters = Array.from({ length: n }, () => Array.from({ length: below(rng, 4) }, () => size(rng)));
  const inputs = [[[1], [2], [2], [6], [6]][rule] as Shape, [n], ...Array.from({ length: 2 + slots }, () => parameters).flat()];
  return { inputs, attributes: { N: n, M: slots * n, rule, threads: threads(rng) }, outputs: n + slots * n };
};

const blend: Right = rng => {
  const n = 1 + below(rng, 3);
  const shapes = Array.from({ length: n }, () => Array.from({ length: below(rng, 4) }, () => size(rng)));
  return { inputs: [[], ...shapes, ...shapes], attributes: { N: n }, outputs: n };
};

const dense =
  (which: 'forward' | 'input' | 'parameters'): Right =>
  rng => {
    const [before, k, n, N] = [Array.from({ length: below(rng, 4) }, () => size(rng)), some(rng), some(rng), below(rng, 2)];
    const [x, kernel, dy] = [
      [...before, k],
      [k, n],
      [...before, n],
    ];
    const { epsilon, ...ends } = clip(rng);
    const attributes: Record<string, number> = which === 'forward' ? { N, ...ends } : { threads: ends.threads };
    const inputs = { forward: [x, kernel, ...(N ? [[n]] : [])], input: [dy, kernel], parameters: [x, dy] }[which];
    return { inputs, attributes, outputs: which === 'parameters' ? 2 : 1 };
  };

const layerNorm =
  (isGradient: boolean): Right =>
  rng => {
    const [rows, c] = [size(rng), size(rng)];
    const attributes = { epsilon: 1e-3, threads: threads(rng) };
    const of = c === 0 ? 0 : rows;
    return { inputs: isGradient ? [[rows, c], [rows, c], [c], [of], [of]] : [[rows, c], [c], [c]], attributes, outputs: 3 };
  };

const crossEntropy: Right = rng => {
  const [rows, classes] = [some(rng), some(rng)];
  return { inputs: [[rows, classes], [rows]], ints: 1, attributes: { smoothing: 0.1, threads: threads(rng) }, outputs: 3 };
};

const product16: Right = rng => {
  const [m, k, n, transpose_a, transpose_b] = [size(rng), size(rng), size(rng), below(rng, 2), below(rng, 2)];
  const inputs = [transpose_a ? [k, m] : [m, k], transpose_b ? [n, k] : [k, n]];
  return { inputs, attributes: { transpose_a, transpose_b, threads: threads(rng) }, outputs: 1 };
};

const ops: readonly (readonly [string, Right])[] = [
  ['TinylabBatchNorm', normalised(1, 2, 4)],
  ['TinylabBatchNormGrad', normalised(2, 4, 3)],
  ['TinylabBatchNormInference', normalised(1, 4, 1)],
  ['TinylabBatchNormInferenceGrad', normalised(2, 4, 3)],
  ['TinylabPointwise', pointwise((x, filter) => [x, filter])],
  ['TinylabPointwiseBackpropInput', pointwise((_, filter, y) => [y, filter])],
  ['TinylabPointwiseBackpropFilter', pointwise((x, _, y) => [x, y])],
  ['TinylabConv', conv('forward')],
  ['TinylabConvBackpropInput', conv('input')],
  ['TinylabConvBackpropFilter', conv('filter')],
  ['TinylabDepthwise', depthwise('forward')],
  ['TinylabDepthwiseBackpropInput', depthwise('input')],
  ['TinylabDepthwiseBackpropFilter', depthwise('filter')],
  ['TinylabDense', dense('forward')],
  ['TinylabDenseBackpropInput', dense('input')],
  ['TinylabDenseBackpropParameters', dense('parameters')],
  ['TinylabLayerNorm', layerNorm(false)],
  ['TinylabLayerNormGrad', layerNorm(true)],
  ['TinylabCrossEntropy', crossEntropy],
  ['TinylabMatmulBf16', product16],
  ['TinylabUpdate', update],
  ['TinylabBlend', blend],
];

/** One run of some op, with up to three of its inputs and attributes spoiled. The same seed gives the same run. */
export function hostileRun(seed: number): HostileRun {
  const rng = random(seed);
  const [op, right] = pick(rng, ops);
  const { inputs, attributes, outputs, ints } = right(rng);
  const run = {
    op,
    inputs: inputs.map((shape, i) => ({ shape, dtype: i === ints ? ('int32' as const) : ('float32' as const) })),
    attributes: { ...attributes },
    outputs,
  };
  const spoiled = Array.from({ length: below(rng, 4) }, () => spoil(rng, run));
  return { ...run, spoiled };
}

function spoil(rng: Random, run: { inputs: HostileRun['inputs'][number][]; attributes: Record<string, number> }): string {
  const { inputs, attributes } = run;
  const at = below(rng, inputs.length);
  const way = below(rng, 8);
  if (way < 3 && inputs.length > 0) {
    const shape = Array.from({ length: pick(rng, [0, 1, 2, 3, 4, 4, 5, 9]) }, () => pick(rng, [0, 1, 2, 3, 5]));
    inputs[at] = { shape, dtype: 'float32' };
    return `input ${at} is [${shape}]`;
  }
  if (way === 3 && inputs.length > 1) {
    const [one] = inputs.splice(at, 1);
    inputs.splice(below(rng, inputs.length + 1), 0, one as (typeof inputs)[0]);
    return `input ${at} stands elsewhere`;
  }
  if (way === 4 && inputs.length > 0) {
    inputs[at] = { shape: inputs[at]?.shape as Shape, dtype: 'int32' };
    return `input ${at} is int32`;
  }
  if (way === 5) {
    // too many end the process in TensorFlow, which then looks for an input that the op has not
    inputs.splice(at, 1);
    return `${inputs.length} inputs`;
  }
  const name = pick(rng, Object.keys(attributes));
  // TensorFlow itself makes a list of N
  attributes[name] = pick(rng, floats.has(name) ? oddFloats : name.length === 1 ? oddInts.slice(0, 8) : oddInts);
  return `${name} = ${attributes[name]}`;
}

export const tensorOf = ({ shape, dtype }: HostileRun['inputs'][number]): tf.Tensor => tf.ones(shape as number[], dtype);

export const attributesOf = (attributes: HostileRun['attributes']): OpAttribute[] =>
  Object.entries(attributes).map(([name, value]) => (floats.has(name) ? attribute.float(name, value) : attribute.int(name, value)));
