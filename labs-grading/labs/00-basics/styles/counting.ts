import type { OtherStyle } from '../../../lab/mutant.ts';

// Right answers to questions 1 to 4 as other people write them.

const memory = "const memoryAnswer = 'c';";

export const countingStyles: readonly OtherStyle[] = [
  { question: 'grade-me', name: 'an arrow function', answer: 'const add = (a: number, b: number): number => b + a;' },
  {
    question: 'grade-me',
    name: 'a list',
    answer: 'function add(...numbers: number[]): number {\n  return numbers.reduce((sum, n) => sum + n);\n}',
  },
  { question: 'grade-me', name: 'a difference', answer: 'function add(a: number, b: number) {\n  return a - -b;\n}' },
  {
    question: 'grade-me',
    name: 'tensors',
    answer:
      "import { tf } from 'tinylab';\nfunction add(a: number, b: number): number {\n  return tf.tidy(() => tf.add(a, b).dataSync()[0]!);\n}",
  },
  { question: 'grade-me', name: 'async', answer: 'async function add(a: number, b: number): Promise<number> {\n  return a + b;\n}' },
  {
    question: 'parameters',
    name: 'weights and biases apart',
    answer: `function convParameters({ inputChannels, outputChannels, kernel, groups, bias }: Convolution): number {
  const weights = (outputChannels * inputChannels * kernel * kernel) / groups;
  if (!bias) return weights;
  return weights + outputChannels;
}`,
  },
  {
    question: 'parameters',
    name: 'group by group',
    answer: `function convParameters(layer: Convolution): number {
  let count = 0;
  for (let group = 0; group < layer.groups; group++) {
    const inputs = layer.inputChannels / layer.groups;
    const outputs = layer.outputChannels / layer.groups;
    count += inputs * outputs * layer.kernel ** 2;
    if (layer.bias) count += outputs;
  }
  return count;
}`,
  },
  {
    question: 'parameters',
    name: 'the shape of the kernel',
    answer: `const convParameters = (c: Convolution): number => {
  const shape = [c.kernel, c.kernel, c.inputChannels / c.groups, c.outputChannels];
  return shape.reduce((product, size) => product * size, 1) + Number(c.bias) * c.outputChannels;
};`,
  },
  {
    question: 'parameters',
    name: "the library's own count",
    answer: `import { network as build, parameters as countOf } from 'tinylab';
function convParameters(c: Convolution): number {
  const net = build('one', [c.kernel, c.kernel, c.inputChannels])
    .conv2d(c.outputChannels, c.kernel, { groups: c.groups, bias: c.bias })
    .graph();
  return countOf(net);
}`,
  },
  {
    question: 'parameters',
    name: 'short names, rounded',
    answer: `function convParameters(c: Convolution): number {
  const { inputChannels: i, outputChannels: o, kernel: k, groups: g, bias } = c;
  return Math.round(k ** 2 * (i / g) * o + (bias ? o : 0));
}`,
  },
  {
    question: 'model-size',
    name: 'a loop over bytes',
    answer: `function modelSizeBytes(tensors: StoredTensor[]): number {
  let bytes = 0;
  for (const { count, bits } of tensors) bytes += (count / 8) * bits;
  return bytes;
}`,
  },
  {
    question: 'model-size',
    name: 'map and sum',
    answer: `const modelSizeBytes = (tensors: StoredTensor[]): number =>
  tensors.map(t => (t.bits * t.count) / 8).reduce((a, b) => a + b, 0);`,
  },
  {
    question: 'model-size',
    name: 'whole bits, counted down',
    answer: `function modelSizeBytes(tensors: StoredTensor[]): number {
  let bits = 0;
  for (let i = tensors.length - 1; i >= 0; i--) bits += tensors[i]!.count * tensors[i]!.bits;
  return Math.ceil(bits / 8);
}`,
  },
  {
    question: 'model-size',
    name: 'typed arrays',
    answer: `function modelSizeBytes(tensors: StoredTensor[]): number {
  const bits = Float64Array.from(tensors, ({ count, bits }) => count * bits);
  return bits.reduce((sum, value) => sum + value, 0) * 0.125;
}`,
  },
  {
    question: 'activations',
    name: 'loops',
    answer: `function totalActivationValues(sizes: number[]): number {
  let total = 0;
  for (let i = 0; i < sizes.length; i++) total += sizes[i]!;
  return total;
}
function peakActivationValues(sizes: number[]): number {
  let peak = 0;
  for (let i = 1; i < sizes.length; i++) peak = Math.max(peak, sizes[i - 1]! + sizes[i]!);
  return peak;
}
${memory}`,
  },
  {
    question: 'activations',
    name: 'the input apart',
    answer: `function totalActivationValues([input = 0, ...outputs]: number[]): number {
  return input + outputs.reduce((a, b) => a + b, 0);
}
const peakActivationValues = (sizes: number[]): number =>
  sizes.reduce((peak, size, i) => (i === 0 ? peak : Math.max(peak, size + sizes[i - 1]!)), 0);
const memoryAnswer = 'C';`,
  },
  {
    question: 'activations',
    name: 'typed arrays',
    answer: `function totalActivationValues(sizes: number[]): number {
  return Float64Array.from(sizes).reduce((a, b) => a + b);
}
function peakActivationValues(sizes: number[]): number {
  const pairs = Float64Array.from({ length: sizes.length - 1 }, (_, i) => sizes[i]! + sizes[i + 1]!);
  return pairs.sort().at(-1)!;
}
let memoryAnswer = ' c ';`,
  },
  {
    question: 'activations',
    name: 'recursion, async',
    answer: `async function totalActivationValues([first, ...rest]: number[]): Promise<number> {
  return first === undefined ? 0 : first + (await totalActivationValues(rest));
}
async function peakActivationValues([first = 0, second, ...rest]: number[]): Promise<number> {
  return second === undefined ? 0 : Math.max(first + second, await peakActivationValues([second, ...rest]));
}
var memoryAnswer = \`c\`;`,
  },
];
