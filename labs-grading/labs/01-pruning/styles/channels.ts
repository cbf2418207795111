import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers to questions 8 to 11 as other people write them.

const channels = (name: string, answer: string, residual = "'c'"): OtherStyle => ({
  question: 'channels',
  name,
  answer: `${answer}\nconst residualAnswer = ${residual};`,
});
const signature = 'layer: ConvLayer, next: NDArray';
const importance = (name: string, answer: string): OtherStyle => ({ question: 'importance', name, answer });

export const channelStyles: readonly OtherStyle[] = [
  channels(
    'chains',
    `const channelsToKeep = (channels: number, ratio: number): number => Math.round(channels - channels * ratio);
const channelMask = (kernel: NDArray, keep: number[]): NDArray => {
  const kept = new Set(keep);
  return array(kernel.shape, Array.from(kernel.data, (_, i) => Number(kept.has(i % kernel.shape[3]!))), 'uint8');
};
const keepChannels = (${signature}, keep: number[]) => ({
  layer: Object.fromEntries(Object.entries(layer).map(([name, values]) => [name, gather(values, values.shape.length - 1, keep)])) as unknown as ConvLayer,
  next: gather(next, next.shape.length - 2, keep),
});`,
  ),
  channels(
    'loops and typed arrays',
    `function channelsToKeep(channels: number, ratio: number): number {
  return Math.floor(channels * (1 - ratio) + 0.5);
}
function channelMask(kernel: NDArray, keep: number[]): NDArray {
  const outputs = kernel.shape[kernel.shape.length - 1]!;
  const mask = new Uint8Array(kernel.data.length);
  for (let start = 0; start < mask.length; start += outputs) for (const c of keep) mask[start + c] = 1;
  return array(kernel.shape, mask, 'uint8');
}
function keepChannels(${signature}, keep: number[]) {
  const vector = (values: NDArray): NDArray => array([keep.length], Float32Array.from(keep, c => values.data[c]!));
  const cut = { kernel: gather(layer.kernel, 3, keep), gamma: vector(layer.gamma), beta: vector(layer.beta), mean: vector(layer.mean), variance: vector(layer.variance) };
  return { next: gather(next, next.shape.indexOf(next.shape.at(-2)!, next.shape.length - 2), keep), layer: cut };
}`,
    "'C'",
  ),
  channels(
    'a mask of floats, values moved by hand',
    `const channelsToKeep = (channels: number, ratio: number): number => Number(((1 - ratio) * channels).toFixed(0));
function channelMask(kernel: NDArray, keep: number[]): NDArray {
  return array(kernel.shape, Float32Array.from(kernel.data, (_, i) => (keep.indexOf(i % kernel.shape[3]!) >= 0 ? 1 : 0)));
}
function keepChannels({ kernel, gamma, beta, mean, variance }: ConvLayer, next: NDArray, keep: number[]) {
  const last = (values: NDArray): NDArray => {
    const size = values.shape.at(-1)!;
    const picked: number[] = [];
    for (let i = 0; i < values.data.length; i += size) for (const c of keep) picked.push(values.data[i + c]!);
    return array([...values.shape.slice(0, -1), keep.length], picked);
  };
  const outputs = next.shape.at(-1)!;
  const inputs = next.shape.at(-2)!;
  const rows: number[] = [];
  for (let i = 0; i < next.data.length; i += inputs * outputs)
    for (const c of keep) rows.push(...next.data.slice(i + c * outputs, i + (c + 1) * outputs));
  return {
    layer: { kernel: last(kernel), gamma: last(gamma), beta: last(beta), mean: last(mean), variance: last(variance) },
    next: array([...next.shape.slice(0, -2), keep.length, outputs], rows),
  };
}`,
  ),
  channels(
    'tensors',
    `import { tf as flow } from 'tinylab';
const asTensor = ({ shape, data }: NDArray) => flow.tensor(Float32Array.from(data), [...shape]);
const pick = (values: NDArray, axis: number, keep: number[]): NDArray => {
  const picked = flow.gather(asTensor(values), flow.tensor1d(keep, 'int32'), axis);
  return array(picked.shape, Float32Array.from(picked.dataSync()));
};
function channelsToKeep(channels: number, ratio: number): number {
  return Math.round(channels * (1 - ratio));
}
function channelMask(kernel: NDArray, keep: number[]): NDArray {
  const row = Array.from({ length: kernel.shape[3]! }, (_, c) => (keep.includes(c) ? 1 : 0));
  const mask = flow.broadcastTo(flow.tensor1d(row), [...kernel.shape] as [number, number, number, number]).dataSync();
  return array(kernel.shape, Uint8Array.from(mask), 'uint8');
}
function keepChannels(layer: ConvLayer, next: NDArray, keep: number[]) {
  const { kernel, gamma, beta, mean, variance } = layer;
  const cut = { kernel: pick(kernel, 3, keep), gamma: pick(gamma, 0, keep), beta: pick(beta, 0, keep), mean: pick(mean, 0, keep), variance: pick(variance, 0, keep) };
  return { layer: cut, next: pick(next, next.shape.length - 2, keep) };
}`,
    "' c '",
  ),
  importance(
    'loops',
    `function inputChannelImportance(weight: NDArray): number[] {
  const [inputs, outputs] = [weight.shape.at(-2)!, weight.shape.at(-1)!];
  const squares = new Array<number>(inputs).fill(0);
  for (let i = 0; i < weight.data.length; i++) squares[Math.floor(i / outputs) % inputs]! += weight.data[i]! ** 2;
  return squares.map(Math.sqrt);
}
function sortChannels(${signature}) {
  const ranked = inputChannelImportance(next).map((norm, channel) => ({ norm, channel }));
  ranked.sort((a, b) => b.norm - a.norm);
  return keepChannels(layer, next, ranked.map(({ channel }) => channel));
}`,
  ),
  importance(
    'hypot',
    `const inputChannelImportance = (weight: NDArray): number[] => {
  const axis = weight.shape.length - 2;
  return [...new Array(weight.shape[axis]!).keys()].map(c => Math.hypot(...gather(weight, axis, [c]).data));
};
const sortChannels = (${signature}) => {
  const norms = inputChannelImportance(next);
  return keepChannels(layer, next, [...norms.keys()].sort((a, b) => Math.sign(norms[b]! - norms[a]!)));
};`,
  ),
  importance(
    'smallest first, turned',
    `function inputChannelImportance({ shape, data }: NDArray): number[] {
  const [inputs = 0, outputs = 0] = shape.slice(-2);
  const sums = new Float64Array(inputs);
  data.forEach((w, i) => { sums[((i / outputs) | 0) % inputs]! += w * w; });
  return Array.from(sums, s => s ** 0.5);
}
function sortChannels(${signature}): { layer: ConvLayer; next: NDArray } {
  const norms = inputChannelImportance(next);
  const order = norms.map((_, c) => c).sort((a, b) => norms[a]! - norms[b]!).reverse();
  return keepChannels(layer, next, order);
}`,
  ),
  importance(
    'tensors, selection sort',
    `import { tf as flow } from 'tinylab';
function inputChannelImportance(weight: NDArray): number[] {
  return flow.tidy(() => {
    const [inputs = 0, outputs = 0] = weight.shape.slice(-2);
    const rows = flow.tensor3d(Float32Array.from(weight.data), [weight.data.length / inputs / outputs, inputs, outputs]);
    return Array.from(flow.sqrt(flow.sum(flow.square(rows), [0, 2])).dataSync());
  });
}
function sortChannels(${signature}) {
  const left = new Map(inputChannelImportance(next).entries());
  const order: number[] = [];
  while (left.size > 0) {
    const [best] = [...left].reduce((a, b) => (b[1] > a[1] ? b : a));
    order.push(best);
    left.delete(best);
  }
  return keepChannels(layer, next, order);
}`,
  ),
  {
    question: 'narrow',
    name: 'Adam',
    answer: `const narrow = await deliver('narrow', async () =>
  fit(narrowNetwork(dense, 0.3, sortChannels), train, { epochs: 3, seed: 5, optimizer: 'adam', learningRate: cosineSchedule(0.002), augment: { flip: true } }),
);`,
  },
  {
    question: 'latency',
    name: 'written out',
    answer: `const latencies = await deliver('latencies', () => ({
  narrow: { milliseconds: latency(narrow).medianMs, macs: macs(narrow) },
  dense: { milliseconds: latency(dense).medianMs, macs: macs(dense) },
}));`,
  },
  {
    question: 'latency',
    name: 'from entries',
    answer: `const latencies = await deliver('latencies', async () => {
  const rows = Object.entries({ dense, narrow }).map(([name, net]) => [name, { macs: macs(net), milliseconds: latency(net, { batch: 1 }).medianMs }] as const);
  return Object.fromEntries(rows) as Record<'dense' | 'narrow', { macs: number; milliseconds: number }>;
});`,
  },
  ...spelled(
    'half-the-macs',
    "const macsAnswer = 'B';\nconst latencyAnswer = 'D';",
    "let macsAnswer = ' b';\nlet latencyAnswer = 'd ';",
    "const [macsAnswer, latencyAnswer] = 'bd';",
    'const macsAnswer = `b`, latencyAnswer = "d";',
  ),
  ...spelled(
    'comparison',
    "const compareAnswer = 'A';\nconst phoneAnswer = 'C';",
    "let compareAnswer = ' a';\nlet phoneAnswer = 'c ';",
    "const [compareAnswer, phoneAnswer] = 'ac';",
    'const compareAnswer = `a`, phoneAnswer = "c";',
  ),
];
