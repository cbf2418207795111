import type { Program, ProgramTensor, Step } from '../../../../lib/deploy/program.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { randomElements } from '../random/builder.ts';

/** A depthwise convolution of a square image of int8. */
export interface LayerShape {
  readonly size: number;
  readonly channels: number;
  readonly kernel?: number;
  readonly padding?: number;
  readonly stride?: number;
}

/** Depthwise convolutions one after the other: tensors 3i (value), 3i + 1 (weight), 3i + 2 (bias), and the last value. */
export function depthwiseChain(layers: readonly LayerShape[]): Program {
  const rng = random(5);
  const tensors: ProgramTensor[] = [];
  const steps: Step[] = [];
  for (const [i, { size, channels, kernel = 3, padding = 1, stride = 1 }] of layers.entries()) {
    const weight = [1, kernel, kernel, channels];
    tensors.push({ name: `x${i}`, shape: [1, size, size, channels], type: 'int8' });
    tensors.push({ name: `w${i}`, shape: weight, type: 'int8', data: randomElements('int8', kernel * kernel * channels, rng) });
    tensors.push({ name: `b${i}`, shape: [channels], type: 'int32', data: new Int32Array(channels).map(() => rng.int(-2000, 2000)) });
    const attributes = {
      strides: [stride, stride],
      dilations: [1, 1],
      padding: [padding, padding],
      inputZeroPoint: -3,
      weightZeroPoint: [0],
      multiplier: [2 ** 30],
      shift: [-6],
      outputZeroPoint: 4,
      low: -128,
      high: 127,
    };
    steps.push({ op: 'depthwise-conv2d', inputs: [3 * i, 3 * i + 1, 3 * i + 2], outputs: [3 * i + 3], attributes });
  }
  const { size, channels, kernel = 3, padding = 1, stride = 1 } = layers.at(-1) as LayerShape;
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  tensors.push({ name: 'y', shape: [1, out, out, channels], type: 'int8' });
  return { name: 'depthwise', tensors, steps, inputs: [0], outputs: [3 * layers.length] };
}
