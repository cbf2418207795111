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

export const picojoules = { multiply: 3.7, add: 0.9, dramWord: 640 };
export const energyMicrojoules = (w: Work): number =>
  (w.macs * (picojoules.multiply + picojoules.add) + (w.bytes / 4) * picojoules.dramWord) / 1e6;

// Generated inputs.

export function convolution(rng: Random, bias = rng.pick([true, false])): Convolution {
  const groups = rng.pick([1, 2, 4]);
  return {
    inputChannels: groups * rng.int(2, 16),
    outputChannels: groups * rng.int(2, 16),
    kernel: rng.pick([1, 3, 5, 7]),
    groups,
    bias,
  };
}

export function placed(rng: Random): Placed {
  const layer = convolution(rng, false);
  return { ...layer, inputSize: rng.int(15, 64), stride: rng.pick([1, 2, 3]), padding: rng.pick([0, (layer.kernel - 1) / 2]) };
}
