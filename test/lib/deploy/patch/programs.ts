import type { Program, ProgramTensor, Step } from '../../../../lib/deploy/program.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { randomElements } from '../random/builder.ts';

/** A layer of a chain: how wide its window, its stride, its padding and how many channels come out. */
export interface ChainLayer {
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly channels?: number;
}

/** Convolutions one behind the other, int8, with seeded weights: `same` padding by default. */
export function chain([height, width, channels]: readonly [number, number, number], layers: readonly ChainLayer[]): Program {
  const rng = random(1);
  const tensors: ProgramTensor[] = [{ name: 'image', shape: [1, height, width, channels], type: 'int8' }];
  const steps: Step[] = [];
  for (const [i, { kernel = 3, stride = 1, padding = (kernel - 1) / 2, channels: out = channels }] of layers.entries()) {
    const from = tensors.findLastIndex(({ data }) => !data);
    const [, rows, columns, deep] = (tensors[from] as ProgramTensor).shape as readonly [number, number, number, number];
    const sides = [rows, columns].map(side => Math.floor((side + 2 * padding - kernel) / stride) + 1);
    const shape = [out, kernel, kernel, deep];
    const weight =
      tensors.push({ name: `w${i}`, shape, type: 'int8', data: randomElements('int8', out * kernel * kernel * deep, rng) }) - 1;
    const output = tensors.push({ name: `y${i}`, shape: [1, ...sides, out], type: 'int8' }) - 1;
    const attributes = {
      ...{
        strides: [stride, stride],
        dilations: [1, 1],
        padding: [padding, padding],
        inputZeroPoint: i % 2 ? -7 : 5,
        weightZeroPoint: [0],
      },
      ...{ multiplier: [2 ** 30 + 12345], shift: [-7], outputZeroPoint: i % 2 ? 5 : -7, low: -128, high: 127 },
    };
    steps.push({ op: 'conv2d', inputs: [from, weight], outputs: [output], attributes });
  }
  return { name: 'chain', tensors, steps, inputs: [0], outputs: [tensors.findLastIndex(({ data }) => !data)] };
}
