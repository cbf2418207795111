import { describe, expect, it } from 'vitest';
import { factors } from '../../../../../lib/deploy/factors.ts';
import { fixedPoint } from '../../../../../lib/deploy/fixed-point.ts';
import { readTflite } from '../../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { differenceOf } from '../../../../../lib/deploy/formats/tflite/same.ts';
import { writeTflite } from '../../../../../lib/deploy/formats/tflite/write-tflite.ts';
import type { Program, ProgramTensor } from '../../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { fileOf, networks, thereAreNetworks } from './networks.ts';
import { elementsOf } from './random-parts.ts';

const grid = (scale: number, zeroPoint: number): ProgramTensor['quantization'] => ({ scale: [scale], zeroPoint: [zeroPoint] });

interface Convolution {
  readonly strides?: readonly [number, number];
  readonly padding?: readonly [number, number];
  readonly size?: number;
  readonly weightZeroPoint?: readonly number[];
  readonly codes?: (q: number) => number;
  readonly bias?: boolean;
  readonly high?: number;
}

/** A convolution 3 × 3 of an image 6 × 6 × 2 with three output channels. */
function convolution({
  strides = [1, 1],
  padding = [1, 1],
  size = 6,
  weightZeroPoint = [0, 0, 0],
  codes = q => q,
  bias = true,
  high = 127,
}: Convolution): Program {
  const scale = [0.015625, 0.0078125, 0.03125];
  const rng = random(3);
  const weight = (elementsOf(rng, 'int8', 54) as Int8Array).map(codes);
  const all = scale.map(s => fixedPoint(factors.perChannel(0.5, s, 4)));
  const multiplier = all.map(m => m.multiplier);
  const shift = all.map(m => m.shift);
  const attributes = {
    strides,
    dilations: [1, 1],
    padding,
    inputZeroPoint: 3,
    weightZeroPoint,
    multiplier,
    shift,
    outputZeroPoint: -5,
    low: -128,
    high,
  };
  return {
    name: 'convolution',
    tensors: [
      { name: 'x', shape: [1, 6, 6, 2], type: 'int8', quantization: grid(0.5, 3) as never },
      { name: 'w', shape: [3, 3, 3, 2], type: 'int8', data: weight, quantization: { scale, zeroPoint: weightZeroPoint, axis: 0 } },
      { name: 'b', shape: [3], type: 'int32', data: Int32Array.of(100, -200, 300) },
      { name: 'y', shape: [1, size, size, 3], type: 'int8', quantization: grid(4, -5) as never },
    ],
    steps: [{ op: 'conv2d', inputs: [0, 1, bias ? 2 : -1], outputs: [3], attributes }],
    inputs: [0],
    outputs: [3],
  };
}

/** Runs a program and its file on the same images. */
function bothRun(program: Program): Program {
  const read = readTflite(writeTflite(program), { kernels: 'micro' });
  const images = elementsOf(random(4), 'int8', 3 * 72);
  expect(runProgram(read, [images]).outputs).toEqual(runProgram(program, [images]).outputs);
  return read;
}

describe('writeTflite', () => {
  it('writes SAME and VALID as they are', () => {
    expect(bothRun(convolution({})).steps.map(({ op }) => op)).toEqual(['conv2d']);
    expect(bothRun(convolution({ padding: [0, 0], size: 4 })).steps.map(({ op }) => op)).toEqual(['conv2d']);
    expect(bothRun(convolution({ padding: [0, 0], strides: [2, 2], size: 3 })).steps.map(({ op }) => op)).toEqual(['conv2d']);
  });

  it('makes a step of a border that is neither', () => {
    const read = bothRun(convolution({ padding: [1, 1], strides: [2, 2], size: 3 }));
    expect(read.steps.map(({ op }) => op)).toEqual(['pad', 'conv2d']);
    expect(read.steps[0]?.attributes).toEqual({ paddings: [0, 0, 1, 0, 1, 0, 0, 0], value: 3 });
    expect(bothRun(convolution({ padding: [2, 2], size: 8 })).steps.map(({ op }) => op)).toEqual(['pad', 'conv2d']);
  });

  it('writes weights with zero points as q - z, and refuses those that do not fit', () => {
    const read = bothRun(convolution({ weightZeroPoint: [2, -3, 0], codes: q => q >> 1 }));
    expect(read.steps[0]?.attributes.weightZeroPoint).toEqual([0, 0, 0]);
    expect(() => writeTflite(convolution({ weightZeroPoint: [2, -3, 0] }))).toThrow(
      /Step 0 \(conv2d, writes y\).* weights of w less their zero points/,
    );
  });

  it('gives a convolution without a bias zeros, and every bias its scales', () => {
    const read = bothRun(convolution({ bias: false }));
    const bias = read.tensors[read.steps[0]?.inputs[2] as number];
    expect(bias).toMatchObject({
      type: 'int32',
      quantization: { scale: [0.0078125, 0.00390625, 0.015625], zeroPoint: [0, 0, 0], axis: 0 },
    });
    expect(bias?.data).toEqual(new Int32Array(3));
  });

  it('refuses by name what a file cannot say', () => {
    expect(() => writeTflite(convolution({ high: 100 }))).toThrow(/Step 0 \(conv2d, writes y\).* no activation ends at -128 and 100/);
    const { tensors, steps, ...rest } = convolution({});
    const bare = tensors.map(({ quantization, ...tensor }) =>
      tensor.name === 'y' ? tensor : { ...tensor, ...(quantization && { quantization }) },
    );
    expect(() => writeTflite({ ...rest, steps, tensors: bare })).toThrow(/y is int8 without a scale/);
    const other = steps.map(step => ({ ...step, attributes: { ...step.attributes, multiplier: [2 ** 30, 2 ** 30 + 5, 2 ** 30] } }));
    expect(() => writeTflite({ ...rest, tensors, steps: other })).toThrow(/multiplier \[1073741824,1073741829,1073741824\] became/);
  });
});

describe.skipIf(!thereAreNetworks)('networks of others (skipped without ../shared/golden/tflite)', () => {
  it('are the same programs when they are written and read again', () => {
    for (const name of networks)
      for (const kernels of ['litert', 'micro'] as const) {
        const program = readTflite(fileOf(name), { kernels });
        expect(differenceOf(program, readTflite(writeTflite(program), { kernels })), name).toBeUndefined();
      }
  });
});
