import { inputSlips, type KnownMistakes } from 'tinylab';
import {
  type Convolution,
  computeTime,
  convMacs,
  convParameters,
  type Device,
  latencyMs,
  memoryTime,
  modelSizeBytes,
  outputSize,
  type Placed,
  peakActivations,
  receptiveField,
  type Stored,
  steps,
  sum,
  type Window,
  type Work,
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
    [outputChannels / (convParameters(layer) / outputChannels), 'You divided by the parameters of one output channel. Multiply by them.'],
    [
      outputChannels * (layer.inputChannels / layer.groups + kernel ** 2) + biases,
      'Each of the inputs has a kernel: multiply, do not add.',
    ],
    ...kernelSlips(layer).map(([weights, says]) => [weights + biases, says] as const),
    ...inputSlips(convParameters, layer),
  ];
}

/** Wrong numbers of weights. */
function kernelSlips({
  inputChannels,
  outputChannels,
  kernel,
  groups,
}: Convolution): readonly (readonly [weights: number, says: string])[] {
  const pairs = (outputChannels * inputChannels) / groups;
  return [
    [outputChannels * (inputChannels - groups) * kernel ** 2, 'You took groups away from the inputs. Divide them by groups.'],
    [outputChannels * (groups / inputChannels) * kernel ** 2, 'Turn it over: inputChannels / groups.'],
    [pairs * 2 ** kernel, 'Turn it over: kernel ** 2, not 2 ** kernel.'],
    [pairs * 2 * kernel, 'A kernel is a square: kernel · kernel, not 2 · kernel.'],
    [pairs * groups ** 2, 'That is groups · groups where kernel · kernel belongs.'],
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
    [modelSizeBytes(tensors) + 1 / 8, 'One bit too many: a sum begins at 0.'],
    ...inputSlips(modelSizeBytes, tensors),
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
    [Math.max(...sizes.slice(1).map((size, i) => (sizes[i] as number) - size)), 'Input and output lie side by side in memory: add them.'],
    [
      Math.max(...sizes.slice(2).map((size, i) => (sizes[i] as number) + size)),
      'You added activations that are two places apart. A layer has the one before it as its input.',
    ],
    [Math.max(...sizes.slice(1).map((_, i) => (sizes[i] as number) + i)), 'You added the number of the layer. Add the size of its output.'],
    ...inputSlips(peakActivations, sizes),
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
    [at(side) * side ** 2, 'The output has a height and a width: its size counts twice, not four times.'],
    [weights(layer) * 2 ** side, 'Turn it over: size ** 2, not 2 ** size.'],
    [at(side - 2), 'Add 1 to the division, do not take it away: a kernel that fits exactly has one position.'],
    [at(Math.floor(-room / stride) + 1), 'Take the kernel away from the size of the image, not the other way round.'],
    [at(Math.floor((room - padding + 2) / stride) + 1), 'The padding is there on both sides: 2 · padding, not 2 + padding.'],
    [(weights(layer) / kernel ** 2) * stride ** 2 * side ** 2, 'That is stride · stride where kernel · kernel belongs.'],
    ...kernelSlips(layer).map(([count, says]) => [count * side ** 2, says] as const),
    ...inputSlips(convMacs, layer),
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
    ...shareSlips(layers, jumps),
    ...inputSlips(layers => receptiveField(layers), layers),
    [1 + sum(layers.map(({ kernel, stride }) => (kernel - 1) * stride)), 'All strides before a layer spread it, multiplied: not its own.'],
  ];
}

/** Fields to which each layer adds a wrong share; `jumps` are the pixels of a step before each. */
function shareSlips(layers: readonly Window[], jumps: readonly number[]): KnownMistakes {
  return [
    [
      1 + sum(layers.map(({ kernel }, i) => (kernel - 2) * (jumps[i] as number))),
      'Each layer adds kernel - 1 pixels for a step, not kernel - 2.',
    ],
    [
      1 + sum(layers.map(({ kernel }, i) => (kernel + 1) * (jumps[i] as number))),
      'Each layer adds kernel - 1 pixels for a step, not kernel + 1.',
    ],
    [
      1 + sum(layers.map(({ kernel }, i) => kernel - 1 + (jumps[i] as number))),
      'Each of the kernel - 1 pixels is a step away: multiply, do not add.',
    ],
    [
      1 + sum(layers.map(({ kernel }, i) => (kernel - 1) / (jumps[i] as number))),
      'A stride makes steps larger: multiply by it, do not divide.',
    ],
    [1 + sum(layers.map(({ kernel }) => (kernel - 1) * kernel)), 'You multiplied by kernel. Multiply by how many pixels one step is.'],
    [
      layers.reduce((field, { kernel }) => field + (kernel - 1) * field, 1),
      'You multiplied by the field so far. Multiply by how many pixels one step is.',
    ],
  ];
}

export function rooflineSlips(work: Work, device: Device): KnownMistakes {
  const [compute, memory] = [computeTime(work, device), memoryTime(work, device)];
  return [
    [1000 + latencyMs(work, device) / 1e3, 'A second is 1000 milliseconds: multiply by 1000, do not add it.'],
    [Math.max(compute, 1e6 / memory), 'Turn it over: bytes divided by bandwidth is a time.'],
    [Math.max(1e6 / compute, memory), 'Turn it over: FLOPs divided by the FLOPs of a second is a time.'],
    ...inputSlips(latencyMs, work, device),
  ];
}
