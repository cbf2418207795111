import type { KnownMistakes } from 'tinylab';
import {
  type Convolution,
  convParameters,
  outputSize,
  type Placed,
  receptiveField,
  type Stored,
  steps,
  sum,
  type Window,
  weights,
} from './formulas.ts';

// Slips in formulas that students make less often than those beside the questions: the wrong value, and what to look at.

export function parameterSlips(layer: Convolution): KnownMistakes {
  const { outputChannels, kernel, bias } = layer;
  const count = weights(layer);
  const biases = bias ? outputChannels : 0;
  return [
    [count + outputChannels - biases, 'The other way round: a layer has biases where its field bias is true.'],
    [(2 * count) / kernel + biases, 'A kernel is a square: kernel · kernel, not 2 · kernel.'],
    [count * kernel + biases, 'A kernel is a square: kernel · kernel, not kernel · kernel · kernel.'],
    [count / kernel ** 2 + biases, 'The kernel is missing: each pair of channels has kernel · kernel weights.'],
    [biases, 'Those are the biases alone: the weights are missing.'],
    [convParameters(layer) / outputChannels, 'That is one output channel. Multiply by their number.'],
    [count / layer.inputChannels + biases, 'The input channels are missing: an output channel has a kernel for each that it sees.'],
    [biases - count, 'The weights count, they are not taken away: look at the sign.'],
  ];
}

export function sizeSlips(tensors: readonly Stored[]): KnownMistakes {
  return [
    [
      sum(tensors.map(({ count, bits }) => count + bits)) / 8,
      'You added count and bits. Each of the count numbers takes its bits: multiply.',
    ],
    [
      sum(tensors.map(({ count, bits }) => count / bits)) / 8,
      'You divided count by bits. Each of the count numbers takes its bits: multiply.',
    ],
    [sum(tensors.map(({ bits }) => bits ** 2)) / 8, 'You multiplied bits by bits. It is count times bits.'],
    [sum(tensors.map(({ count }) => count ** 2)) / 8, 'You multiplied count by count. It is count times bits.'],
  ];
}

export function peakSlips(sizes: readonly number[]): KnownMistakes {
  const both = steps(sizes);
  return [
    [Math.max(...both.slice(1)), 'The first layer is left out: its input and its output are in memory too.'],
    [Math.max(...both.slice(0, -1)), 'The last layer is left out: its input and its output are in memory too.'],
    [both[0], 'That is the first layer alone: take the largest of all.'],
    [2 * Math.max(...sizes), 'You counted one activation twice: it is the output of a layer and its input, not two of the same.'],
    [2 * Math.max(...sizes.slice(1)), 'You counted outputs twice: add the input of the same layer.'],
    [Math.max(...sizes.slice(0, -1)), 'That is the largest input. While a layer runs, its output is in memory too.'],
    [Math.max(...sizes.slice(1).map((size, i) => size * (sizes[i] as number))), 'Input and output lie side by side in memory: add them.'],
  ];
}

export function macSlips(layer: Placed): KnownMistakes {
  const { inputSize, padding, kernel, stride } = layer;
  const side = outputSize(layer);
  const at = (size: number): number => weights(layer) * size ** 2;
  const room = inputSize + 2 * padding - kernel;
  return [
    [at(side + 1), 'One position too many: the output has floor((input + 2·padding - kernel) / stride) + 1 of them along each side.'],
    [at(side - 1), 'The + 1 is missing: a kernel that fits exactly has one position.'],
    [at(outputSize({ ...layer, padding: 0 })), 'You left out the padding: it makes the image larger on both sides.'],
    [at(outputSize({ ...layer, kernel: 0 })), 'Take the kernel away from the size before you divide: the window must fit.'],
    [at(room / stride + 1), 'The size of the output is a whole number: round the division down.'],
    [at(room * stride + 1), 'A stride skips positions: it divides.'],
    [at(room + 1), 'You left out the stride: only every stride-th position is computed.'],
    [at(side) * side, 'The output has a height and a width: its size counts twice, not three times.'],
    [2 * weights(layer) * side, 'The output has a height and a width: size · size, not 2 · size.'],
  ];
}

export function fieldSlips(layers: readonly Window[]): KnownMistakes {
  const jumps = layers.map((_, i) => layers.slice(0, i).reduce((product, { stride }) => product * stride, 1));
  const shares = layers.map(({ kernel }, i) => (kernel - 1) * (jumps[i] as number));
  const summed = layers.map((_, i) => 1 + sum(layers.slice(0, i).map(({ stride }) => stride)));
  return [
    [
      1 + sum(layers.map(({ kernel }, i) => kernel * (jumps[i] as number))),
      'Each layer adds kernel - 1 pixels, not kernel: its first pixel is seen already.',
    ],
    [1 + sum(jumps), 'The kernel is missing: a layer adds (kernel - 1) · step.'],
    [1 + 2 * sum(shares), 'A step is 1 pixel before the first layer, not 2.'],
    [1 - sum(shares), 'Each layer makes the field larger: add its share.'],
    [1 + sum(shares.slice(1)), 'The first layer is missing.'],
    [1 + sum(shares.slice(0, -1)), 'The last layer is missing.'],
    [1 + (shares[0] ?? 0), 'That is the first layer alone: go on to the end.'],
    [shares.at(-1) ?? 1, "That is the last layer's share alone: add all of them up, and begin with 1."],
    [
      layers.reduce((product, { stride }) => product * stride, 1),
      'That is the product of the strides, how many pixels one step is. The question asks for the field.',
    ],
    [
      1 + sum(layers.map(({ kernel }, i) => (kernel - 1) * (summed[i] as number))),
      'Strides multiply: after two layers of stride 2, one step is four pixels.',
    ],
    [receptiveField(layers.toReversed()), 'You walked from the last layer to the first: the strides before a layer spread it.'],
    [1 + sum(layers.map(({ kernel, stride }) => (kernel - 1) * stride)), 'All strides before a layer spread it, multiplied: not its own.'],
  ];
}
