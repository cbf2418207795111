import type { Mutant } from '../../lab/mutant.ts';
import { measuredMutants } from './mutants-measured.ts';

// Known wrong answers: each replaces the answer cell of its question, must lose points there, and must be told this hint.

const parameters = (body: string): string => `function convParameters(layer: Convolution): number {
  const { inputChannels, outputChannels, kernel, groups, bias } = layer;
  ${body}
}`;

const modelSize = (body: string): string => `function modelSizeBytes(tensors: StoredTensor[]): number {
  let total = 0;
  for (const { count, bits } of tensors) ${body}
}`;

const activations = (total: string, peak: string, answer = 'c'): string => `
function totalActivationValues(sizes: number[]): number {
  ${total}
}
function peakActivationValues(sizes: number[]): number {
  ${peak}
}
const memoryAnswer = '${answer}';`;
const rightTotal = 'return sizes.reduce((a, b) => a + b, 0);';
const rightPeak = 'return Math.max(...sizes.slice(1).map((output, i) => sizes[i]! + output));';

const convolution = (macs: string, flops = 'return 2 * convMacs(layer);'): string => `
function convMacs(layer: PlacedConvolution): number {
  const { inputChannels, outputChannels, kernel, groups, inputSize, stride, padding } = layer;
  const size = Math.floor((inputSize + 2 * padding - kernel) / stride) + 1;
  const weights = outputChannels * (inputChannels / groups) * kernel ** 2;
  ${macs}
}
function convFlops(layer: PlacedConvolution): number {
  ${flops}
}`;

const field = (body: string): string => `function receptiveField(layers: WindowLayer[]): number {
  let field = 1;
  let step = 1;
  ${body}
  return field;
}`;

const roofline = (body: string): string => `function latencyMs(work: Work, device: Device): number {
  const compute = 2000 * work.macs / device.peakFlops;
  const memory = 1000 * work.bytes / device.bandwidth;
  ${body}
}`;

const energy = (body: string): string => `function energyMicrojoules(work: Work): number {
  const memory = (work.bytes / 4) * 640;
  ${body}
}`;

const mutants: readonly Mutant[] = [
  {
    question: 'grade-me',
    name: 'subtracts',
    answer: 'function add(a: number, b: number): number { return a - b; }',
    hint: 'You subtracted. The question asks for a + b.',
  },
  {
    question: 'parameters',
    name: 'bias never counted',
    answer: parameters('return (outputChannels * inputChannels * kernel ** 2) / groups;'),
    hint: 'The bias is missing: one number for each output channel, if the layer has a bias.',
  },
  {
    question: 'parameters',
    name: 'bias always counted',
    answer: parameters('return (outputChannels * inputChannels * kernel ** 2) / groups + outputChannels;'),
    hint: 'You counted a bias that this layer does not have: look at its field bias.',
  },
  {
    question: 'parameters',
    name: 'groups left out',
    answer: parameters('return outputChannels * inputChannels * kernel ** 2 + (bias ? outputChannels : 0);'),
    hint: 'You left out groups: an output channel sees only inputChannels / groups of the inputs.',
  },
  {
    question: 'parameters',
    name: 'groups divide inputs and outputs',
    answer: parameters('return ((outputChannels / groups) * inputChannels * kernel ** 2) / groups + (bias ? outputChannels : 0);'),
    hint: 'You divided by groups twice. Only the inputs are divided; every output channel is there once.',
  },
  {
    question: 'model-size',
    name: 'bits',
    answer: modelSize('total += count * bits;\n  return total;'),
    hint: 'That is the number of bits. A byte has 8 of them.',
  },
  {
    question: 'model-size',
    name: 'always 32 bits',
    answer: modelSize('total += count * 4;\n  return total;'),
    hint: 'You took 4 bytes for every number. Each tensor says how many bits its numbers take.',
  },
  {
    question: 'model-size',
    name: 'no packing',
    answer: modelSize('total += count * Math.ceil(bits / 8);\n  return total;'),
    hint: 'You rounded each number up to whole bytes. Two 4-bit numbers share a byte: add up the bits first.',
  },
  {
    question: 'model-size',
    name: 'megabytes',
    answer: modelSize('total += count * bits / 8;\n  return total / 1e6;'),
    hint: 'That is megabytes. The question asks for bytes.',
  },
  {
    question: 'model-size',
    name: 'shifts bits',
    answer: modelSize('total += count * bits;\n  return total >> 3;'),
    hint: 'Bit operations such as >> know 32 bits only, and a large network has more. Divide by 8.',
  },
  {
    question: 'activations',
    name: 'input left out',
    answer: activations('return sizes.slice(1).reduce((a, b) => a + b, 0);', rightPeak),
    hint: "The network's input is an activation too: it has to be stored while the first layer runs.",
  },
  {
    question: 'activations',
    name: 'peak is the sum',
    answer: activations(rightTotal, rightTotal),
    hint: 'That is the sum of all. An activation can be thrown away as soon as the next layer has read it.',
  },
  {
    question: 'activations',
    name: 'peak is one activation',
    answer: activations(rightTotal, 'return Math.max(...sizes);'),
    hint: 'That is the largest single activation. While a layer runs, its input and its output are both in memory.',
  },
  {
    question: 'activations',
    name: 'peak is the two largest',
    answer: activations(rightTotal, 'const [a, b] = sizes.toSorted((x, y) => y - x);\n  return a! + b!;'),
    hint: "Those are the two largest activations. Only a layer's own input and output are in memory together.",
  },
  {
    question: 'activations',
    name: 'depth explains the peak',
    answer: activations(rightTotal, rightPeak, 'd'),
    hint: 'Depth adds steps to the timeline, but the peak is one step. Look at how wide that step is.',
  },
  {
    question: 'macs',
    name: 'FLOPs for MACs',
    answer: convolution('return 2 * weights * size ** 2;', 'return convMacs(layer);'),
    hint: 'That is FLOPs: a MAC is one multiplication and one addition together.',
  },
  {
    question: 'macs',
    name: 'MACs for FLOPs',
    answer: convolution('return weights * size ** 2;', 'return convMacs(layer);'),
    hint: 'That is MACs. Each is two floating-point operations: a multiplication and an addition.',
  },
  {
    question: 'macs',
    name: 'size of the input',
    answer: convolution('return weights * inputSize ** 2;'),
    hint: 'You used the size of the input. Work is done at every position of the output.',
  },
  {
    question: 'macs',
    name: 'groups left out',
    answer: convolution('return weights * groups * size ** 2;'),
    hint: 'You left out groups: an output channel sees only inputChannels / groups of the inputs.',
  },
  {
    question: 'macs',
    name: 'rounds up',
    answer: convolution('return weights * (Math.ceil((inputSize + 2 * padding - kernel) / stride) + 1) ** 2;'),
    hint: 'The division rounds down: a window that hangs over the edge is not computed.',
  },
  {
    question: 'macs',
    name: 'rounds to the nearest',
    answer: convolution('return weights * (Math.round((inputSize + 2 * padding - kernel) / stride) + 1) ** 2;'),
    hint: 'The division rounds down, not to the nearest whole number: a window that hangs over the edge is not computed.',
  },
  {
    question: 'macs',
    name: 'biases counted',
    answer: convolution('return (weights + (layer.bias ? outputChannels : 0)) * size ** 2;'),
    hint: 'You counted the additions of biases too. They count nothing here.',
  },
  {
    question: 'macs',
    name: 'biases counted once',
    answer: convolution('return weights * size ** 2 + (layer.bias ? outputChannels : 0);'),
    hint: 'You counted the biases too. They count nothing here.',
  },
  {
    question: 'receptive-field',
    name: 'own stride',
    answer: field('for (const { kernel, stride } of layers) { step *= stride; field += (kernel - 1) * step; }'),
    hint: "A layer's own stride spreads the layers after it, not the layer itself: multiply by the strides before it.",
  },
  {
    question: 'receptive-field',
    name: 'no strides',
    answer: field('for (const { kernel } of layers) field += kernel - 1;'),
    hint: 'You left out the strides. After a stride of 2, one step of a later layer is two pixels of the image.',
  },
  {
    question: 'receptive-field',
    name: 'kernels added up',
    answer: field('field = layers.reduce((sum, layer) => sum + layer.kernel, 0);'),
    hint: 'Kernels overlap: each adds kernel - 1 new pixels to a field that starts at 1.',
  },
  {
    question: 'receptive-field',
    name: 'the last stride only',
    answer: field('for (const { kernel, stride } of layers) { field += (kernel - 1) * step; step = stride; }'),
    hint: 'All strides before a layer spread it, not the last one alone: multiply them up.',
  },
  {
    question: 'roofline',
    name: 'sum of the times',
    answer: roofline('return compute + memory;'),
    hint: 'You added the two times. Computing and moving data happen at once: the slower of the two decides.',
  },
  {
    question: 'roofline',
    name: 'MACs for FLOPs',
    answer: roofline('return Math.max(compute / 2, memory);'),
    hint: 'A device counts FLOPs, and one MAC is two of them.',
  },
  {
    question: 'roofline',
    name: 'seconds',
    answer: roofline('return Math.max(compute, memory) / 1000;'),
    hint: 'That is seconds. The question asks for milliseconds.',
  },
  {
    question: 'energy',
    name: 'multiplications only',
    answer: energy('return (work.macs * 3.7 + memory) / 1e6;'),
    hint: 'A MAC is a multiplication and an addition: both cost energy.',
  },
  {
    question: 'energy',
    name: 'bytes for words',
    answer: energy('return (work.macs * 4.6 + 4 * memory) / 1e6;'),
    hint: 'The price in the table is for a word of 32 bits, that is 4 bytes. You paid it for every byte.',
  },
  {
    question: 'energy',
    name: 'picojoules',
    answer: energy('return work.macs * 4.6 + memory;'),
    hint: 'That is picojoules. A microjoule is a million of them.',
  },
  {
    question: 'energy',
    name: 'SRAM',
    answer: energy('return (work.macs * 4.6 + memory * 5 / 640) / 1e6;'),
    hint: 'That is the price of on-chip SRAM. Here the bytes come from DRAM.',
  },
  ...measuredMutants,
];

export default mutants;
