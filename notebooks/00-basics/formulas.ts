import type { Random } from 'tinylab';

// Reference answers. Each is the formula of the notebook's text, written once more without the student's cell in mind.

export interface Convolution {
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly kernel: number;
  readonly groups: number;
  readonly bias: boolean;
}

export const weights = (c: Convolution): number => (c.outputChannels * c.inputChannels * c.kernel ** 2) / c.groups;
export const convParameters = (c: Convolution): number => weights(c) + (c.bias ? c.outputChannels : 0);

export interface Stored {
  readonly count: number;
  readonly bits: number;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const modelSizeBytes = (tensors: readonly Stored[]): number => sum(tensors.map(t => t.count * t.bits)) / 8;

export const totalActivations = (sizes: readonly number[]): number => sum(sizes);
export const steps = (sizes: readonly number[]): number[] => sizes.slice(1).map((output, i) => (sizes[i] as number) + output);
export const peakActivations = (sizes: readonly number[]): number => Math.max(...steps(sizes));

export interface Placed extends Convolution {
  readonly inputSize: number;
  readonly stride: number;
  readonly padding: number;
}

export const outputSize = (p: Placed, round: (x: number) => number = Math.floor): number =>
  round((p.inputSize + 2 * p.padding - p.kernel) / p.stride) + 1;
export const convMacs = (p: Placed): number => weights(p) * outputSize(p) ** 2;

export interface Window {
  readonly kernel: number;
  readonly stride: number;
}

/** Walks the layers with the jump between neighbouring positions, as multiples of input pixels. */
export function receptiveField(layers: readonly Window[], jumpFirst = false): number {
  let [field, jump] = [1, 1];
  for (const layer of layers) {
    if (jumpFirst) jump *= layer.stride;
    field += jump * (layer.kernel - 1);
    if (!jumpFirst) jump *= layer.stride;
  }
  return field;
}

/** The slip of spreading each layer by the stride of the one before it, instead of by all strides before it. */
export const lastStrideOnly = (layers: readonly Window[]): number =>
  1 + sum(layers.map(({ kernel }, i) => (kernel - 1) * (layers[i - 1]?.stride ?? 1)));

export interface Work {
  readonly macs: number;
  readonly bytes: number;
}

export interface Device {
  readonly peakFlops: number;
  readonly bandwidth: number;
}

export const computeTime = (w: Work, d: Device): number => ((2 * w.macs) / d.peakFlops) * 1e3;
export const memoryTime = (w: Work, d: Device): number => (w.bytes / d.bandwidth) * 1e3;
export const latencyMs = (w: Work, d: Device): number => Math.max(computeTime(w, d), memoryTime(w, d));

export const picojoules = { multiply: 3.7, add: 0.9, sramWord: 5, dramWord: 640 };
export const energyMicrojoules = (w: Work): number =>
  (w.macs * (picojoules.multiply + picojoules.add) + (w.bytes / 4) * picojoules.dramWord) / 1e6;

// Generated inputs. Each list separates look-alikes by what it holds, not by chance.

const groupings = [1, 2, 4, 1, 2, 4];
const kernels = [3, 1, 5, 2, 7, 3];

/** The i-th convolution: every number of groups with and without bias, never as many channels in as out; the seventh is depthwise. */
export function convolution(rng: Random, i: number): Convolution {
  const kernel = kernels[i % 6] as number;
  const channels = rng.int(5, 32);
  if (i % 7 === 6) return { inputChannels: channels, outputChannels: 2 * channels, kernel, groups: channels, bias: true };
  const groups = groupings[i % 6] as number;
  const inputs = rng.int(2, 12);
  const outputs = inputs + rng.pick([1, 3, 4]);
  return { inputChannels: groups * inputs, outputChannels: groups * outputs, kernel, groups, bias: i % 6 < 3 };
}

/** Strides and what is left over when they have gone as far as they can: the division comes out even, rounds down, rounds up. */
const leftOver = [
  [1, 0],
  [2, 1],
  [3, 2],
  [3, 1],
  [2, 0],
  [3, 2],
] as const;

/** The i-th convolution on an image, with and without padding, whatever the division leaves over. */
export function placed(rng: Random, i: number): Placed {
  const layer = convolution(rng, i);
  const [stride, rest] = leftOver[i % 6] as (typeof leftOver)[number];
  const padding = [1, 0, 2, 0, 3, 1, 0][i % 7] as number;
  return { ...layer, inputSize: layer.kernel - 2 * padding + stride * rng.int(8, 15) + rest, stride, padding };
}

/** Tensors with a few bits each, each of whole bytes; the first list is larger than 2³² bits. */
export function storedTensors(rng: Random, i: number): Stored[] {
  const some = Array.from({ length: rng.int(1, 3) }, () => ({ count: 8 * rng.int(1, 5000), bits: rng.pick([1, 2, 3, 4, 8, 16, 32]) }));
  const few = { count: 8 * rng.int(1, 5000), bits: rng.pick([2, 3, 4]) };
  return [...some, few, { count: i === 0 ? 150_000_000 : 8 * rng.int(1, 5000), bits: rng.pick([16, 32]) }];
}

/**
 * Sizes of activations: the widest step stands first, last or in between, beside the largest activation or away from it, and the two largest
 * are no neighbours in some.
 */
export function chain(rng: Random, i: number): number[] {
  const some = Array.from({ length: rng.int(2, 6) }, () => rng.int(1, 400));
  const [large, half] = [rng.int(2000, 3000), rng.int(1200, 1400)];
  const forms = [
    [large, half, ...some],
    [...some, half, large],
    [large, 3, ...some, half, half + 700],
    [rng.int(500, 900), large, ...some, large - 100],
    [half, large],
    [...some, large, 2, half + 500, half + 600, ...some],
  ];
  return forms[i % forms.length] as number[];
}

/** Layers with windows of odd and even sizes; all but the last have a stride in every second stack. */
export function windows(rng: Random, i: number): Window[] {
  const strides = i % 2 === 0 ? [2, 3] : [1, 2, 3];
  return Array.from({ length: rng.int(3, 6) }, () => ({ kernel: rng.pick([1, 2, 3, 5, 7]), stride: rng.pick(strides) }));
}

/** A layer that waits for arithmetic or for memory, from a ten-millionth of a second to a minute. */
export function placedWork(rng: Random, i: number): { work: Work; device: Device } {
  const device = { peakFlops: rng.int(10, 500) * 1e9, bandwidth: rng.int(5, 100) * 1e9 };
  const seconds = i === 0 ? 2e-7 : i === 1 ? 40 : rng.uniform(0.002, 0.2);
  const less = seconds * rng.uniform(0.1, 0.8);
  const [compute, memory] = i % 2 === 0 ? [seconds, less] : [less, seconds];
  return { work: { macs: Math.round((device.peakFlops * compute) / 2), bytes: Math.round(device.bandwidth * memory) }, device };
}
