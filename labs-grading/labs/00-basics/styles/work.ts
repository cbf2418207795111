import type { OtherStyle } from '../../../lab/mutant.ts';

// Right answers to questions 5 to 8 as other people write them.

export const workStyles: readonly OtherStyle[] = [
  {
    question: 'macs',
    name: 'weights times positions',
    answer: `function convMacs(layer: PlacedConvolution): number {
  const { inputSize, padding, kernel, stride } = layer;
  const side = Math.trunc((inputSize - kernel + 2 * padding) / stride + 1);
  return convParameters({ ...layer, bias: false }) * side * side;
}
const convFlops = (layer: PlacedConvolution): number => convMacs(layer) + convMacs(layer);`,
  },
  {
    question: 'macs',
    name: 'positions one by one',
    answer: `function convMacs(l: PlacedConvolution): number {
  let positions = 0;
  for (let y = -l.padding; y + l.kernel <= l.inputSize + l.padding; y += l.stride)
    for (let x = -l.padding; x + l.kernel <= l.inputSize + l.padding; x += l.stride) positions++;
  return (positions * l.kernel * l.kernel * l.inputChannels * l.outputChannels) / l.groups;
}
function convFlops(l: PlacedConvolution): number {
  const MACs = convMacs(l);
  return MACs * 2;
}`,
  },
  {
    question: 'macs',
    name: 'one product',
    answer: `const sideOf = (l: PlacedConvolution): number => ((l.inputSize + l.padding + l.padding - l.kernel) / l.stride | 0) + 1;
const convMacs = (l: PlacedConvolution): number =>
  [sideOf(l), sideOf(l), l.kernel, l.kernel, l.inputChannels / l.groups, l.outputChannels].reduce((a, b) => a * b);
const convFlops = (l: PlacedConvolution): number => convMacs(l) << 1 >>> 0 === 2 * convMacs(l) ? 2 * convMacs(l) : convMacs(l) / 0.5;`,
  },
  {
    question: 'macs',
    name: 'async, a remainder',
    answer: `async function convMacs(l: PlacedConvolution): Promise<number> {
  const room = l.inputSize + 2 * l.padding - l.kernel;
  const side = (room - (room % l.stride)) / l.stride + 1;
  return side ** 2 * l.kernel ** 2 * l.outputChannels * (l.inputChannels / l.groups);
}
async function convFlops(l: PlacedConvolution): Promise<number> {
  return 2 * (await convMacs(l));
}`,
  },
  {
    question: 'receptive-field',
    name: 'from the last layer',
    answer: `function receptiveField(layers: WindowLayer[]): number {
  let field = 1;
  for (const { kernel, stride } of [...layers].reverse()) field = (field - 1) * stride + kernel;
  return field;
}`,
  },
  {
    question: 'receptive-field',
    name: 'the formula, literally',
    answer: `const receptiveField = (layers: WindowLayer[]): number =>
  1 +
  layers
    .map(({ kernel }, i) => (kernel - 1) * layers.slice(0, i).reduce((product, { stride }) => product * stride, 1))
    .reduce((a, b) => a + b, 0);`,
  },
  {
    question: 'receptive-field',
    name: 'one reduce',
    answer: `function receptiveField(layers: WindowLayer[]): number {
  const { field } = layers.reduce(
    ({ field, step }, layer) => ({ field: field + step * (layer.kernel - 1), step: step * layer.stride }),
    { field: 1, step: 1 },
  );
  return field;
}`,
  },
  {
    question: 'receptive-field',
    name: 'recursion',
    answer: `function receptiveField([first, ...rest]: WindowLayer[]): number {
  if (!first) return 1;
  return first.kernel + first.stride * (receptiveField(rest) - 1);
}`,
  },
  {
    question: 'roofline',
    name: 'two times, the slower',
    answer: `function latencyMs(work: Work, device: Device): number {
  const compute = (2e3 * work.macs) / device.peakFlops;
  const fetch = (1e3 * work.bytes) / device.bandwidth;
  return compute > fetch ? compute : fetch;
}`,
  },
  {
    question: 'roofline',
    name: 'by the ridge',
    answer: `function latencyMs({ macs, bytes }: Work, { peakFlops, bandwidth }: Device): number {
  const intensity = (2 * macs) / bytes;
  const reached = Math.min(peakFlops, intensity * bandwidth);
  return ((2 * macs) / reached) * 1000;
}`,
  },
  {
    question: 'roofline',
    name: 'sorted',
    answer: `const latencyMs = (work: Work, device: Device): number =>
  [work.macs / (device.peakFlops / 2), work.bytes / device.bandwidth].sort((a, b) => b - a)[0]! * 1000;`,
  },
  {
    question: 'roofline',
    name: 'typed arrays, async',
    answer: `async function latencyMs(work: Work, device: Device): Promise<number> {
  const seconds = Float64Array.of((work.macs + work.macs) / device.peakFlops, work.bytes / device.bandwidth);
  return Math.max(...seconds.map(s => s / 1e-3));
}`,
  },
  {
    question: 'energy',
    name: 'in microjoules from the start',
    answer: `function energyMicrojoules(work: Work): number {
  const perMac = 3.7e-6 + 0.9e-6;
  const perByte = 640e-6 / 4;
  return perMac * work.macs + perByte * work.bytes;
}`,
  },
  {
    question: 'energy',
    name: 'three terms',
    answer: `const energyMicrojoules = ({ macs, bytes }: Work): number =>
  (3.7 * macs) / 1e6 + (0.9 * macs) / 1e6 + (160 * bytes) / 1e6;`,
  },
  {
    question: 'energy',
    name: 'a table of prices',
    answer: `function energyMicrojoules(work: Work): number {
  const prices = { multiply: 3.7, add: 0.9, word: 640 };
  const counts = { multiply: work.macs, add: work.macs, word: work.bytes / 4 };
  let picojoules = 0;
  for (const [what, price] of Object.entries(prices)) picojoules += price * counts[what as keyof typeof counts];
  return picojoules * 1e-6;
}`,
  },
  {
    question: 'energy',
    name: 'a dot product',
    answer: `async function energyMicrojoules(work: Work): Promise<number> {
  const counts = Float64Array.of(work.bytes, work.macs);
  return Float64Array.of(160, 4.6).reduce((sum, price, i) => sum + price * counts[i]!, 0) / 10 ** 6;
}`,
  },
];
