import { fixedPoint } from '../../../../../lib/deploy/fixed-point.ts';
import type { Program, ProgramTensor, Step } from '../../../../../lib/deploy/program.ts';

/** Numbers from 0 to 1, the same for the same seed. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A layer to make up. */
export interface LayerSpec {
  readonly op: 'conv2d' | 'depthwise-conv2d';
  readonly image: readonly [height: number, width: number, channels: number];
  /** Ignored by depthwise convolutions. */
  readonly out: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly places: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly relu?: boolean;
  readonly bias?: boolean;
}

/** A layer of random sizes, paddings and strides, odd ones among them; windows may lie beside the image. */
export function randomSpec(op: LayerSpec['op'], random: () => number): LayerSpec {
  const int = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const point = op === 'conv2d' && random() < 0.35;
  const kernel = point ? ([1, 1] as const) : ([int(1, 7), int(1, 7)] as const);
  const strides = point && random() < 0.6 ? ([1, 1] as const) : ([int(1, 3), int(1, op === 'conv2d' ? 3 : 2)] as const);
  const padding = point ? ([0, 0] as const) : ([int(0, kernel[0] - 1), int(0, kernel[1] - 1)] as const);
  const image = [int(1, 9), int(1, 11), int(1, 19)] as const;
  const places = [0, 1].map(side => {
    const reach = (image[side] as number) + (padding[side] as number) + int(0, (kernel[side] as number) - 1) - (kernel[side] as number);
    return Math.max(1, Math.floor(reach / (strides[side] as number)) + 1);
  }) as [number, number];
  return { op, image, out: int(1, 9), kernel, strides, padding, places, relu: random() < 0.4, bias: random() < 0.8 };
}

const shaped = (op: LayerSpec['op'], image: LayerSpec['image'], rest: Omit<LayerSpec, 'op' | 'image'>): LayerSpec => ({
  op,
  image,
  ...rest,
});

/** Layers at the ends of what kernels take: one number, one row, deep ones, wide ones, kernels larger than the image. */
export const oddSpecs: readonly LayerSpec[] = [
  shaped('conv2d', [1, 1, 1], { out: 1, kernel: [1, 1], strides: [1, 1], padding: [0, 0], places: [1, 1] }),
  shaped('conv2d', [2, 3, 1401], { out: 2, kernel: [1, 1], strides: [1, 1], padding: [0, 0], places: [2, 3] }),
  shaped('conv2d', [1, 400, 3], { out: 1, kernel: [3, 3], strides: [1, 2], padding: [1, 1], places: [1, 200] }),
  shaped('conv2d', [3, 3, 5], { out: 4, kernel: [7, 7], strides: [1, 1], padding: [3, 3], places: [3, 3] }),
  shaped('depthwise-conv2d', [3, 400, 2], { out: 2, kernel: [3, 3], strides: [1, 1], padding: [1, 1], places: [3, 400] }),
  shaped('depthwise-conv2d', [3, 230, 2], { out: 2, kernel: [7, 7], strides: [1, 2], padding: [3, 3], places: [3, 115] }),
  shaped('depthwise-conv2d', [1, 1, 9], { out: 9, kernel: [3, 3], strides: [1, 1], padding: [1, 1], places: [1, 1] }),
  shaped('depthwise-conv2d', [6, 6, 3], { out: 3, kernel: [2, 15], strides: [1, 1], padding: [1, 7], places: [6, 6] }),
];

/** Adds a layer with an input and an output of its own to the parts of a program. */
function addLayer(parts: { tensors: ProgramTensor[]; steps: Step[] }, spec: LayerSpec, random: () => number): void {
  const int = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const { op, image, kernel, strides, padding, places, relu = false, bias = true, dilations = [1, 1] } = spec;
  const deep = op === 'conv2d' ? image[2] : 1;
  const out = op === 'conv2d' ? spec.out : image[2];
  const depth = kernel[0] * kernel[1] * deep;
  const first = parts.tensors.length;
  const weights = Int8Array.from({ length: out * depth }, () => int(-128, 127));
  const factors = Array.from({ length: random() < 0.2 ? 1 : out }, () => fixedPoint(2 ** (1 - 2 * random()) / (60 * Math.sqrt(depth))));
  const zero = relu ? -128 : int(-128, 127);
  parts.tensors.push(
    { name: `x${first}`, shape: [1, ...image], type: 'int8' },
    { name: `w${first}`, shape: op === 'conv2d' ? [out, ...kernel, deep] : [1, ...kernel, out], type: 'int8', data: weights },
    { name: `b${first}`, shape: [out], type: 'int32', data: Int32Array.from({ length: out }, () => int(-3000, 3000)) },
    { name: `y${first}`, shape: [1, ...places, out], type: 'int8' },
  );
  parts.steps.push({
    op,
    inputs: bias ? [first, first + 1, first + 2] : [first, first + 1],
    outputs: [first + 3],
    attributes: {
      strides,
      dilations,
      padding,
      inputZeroPoint: int(-128, 127),
      weightZeroPoint: [0],
      multiplier: factors.map(({ multiplier }) => multiplier),
      shift: factors.map(({ shift }) => shift),
      outputZeroPoint: zero,
      low: -128,
      high: random() < 0.2 ? 90 : 127,
    },
  });
}

/** A program of layers that have nothing to do with each other: as many inputs and outputs as there are specs. */
export function programOf(specs: readonly LayerSpec[], seed: number): Program {
  const random = numbersFrom(seed);
  const parts: { tensors: ProgramTensor[]; steps: Step[] } = { tensors: [], steps: [] };
  for (const spec of specs) addLayer(parts, spec, random);
  const numbers = specs.map((_, i) => 4 * i);
  return { name: 'layers', ...parts, inputs: numbers, outputs: numbers.map(i => i + 3) };
}

/** Two dense layers one after the other: the first rounds real products once, the second rounds twice. */
export function denseProgram(): Program {
  const next = numbersFrom(11);
  const weights = (length: number): Int8Array => Int8Array.from({ length }, () => Math.floor(next() * 255) - 127);
  const shared = {
    inputZeroPoint: -5,
    weightZeroPoint: [0],
    multiplier: [1_503_238_553],
    shift: [-9],
    outputZeroPoint: 3,
    low: -128,
    high: 127,
  };
  return {
    name: 'dense',
    tensors: [
      { name: 'x', shape: [3, 37], type: 'int8' },
      { name: 'w', shape: [21, 37], type: 'int8', data: weights(21 * 37) },
      { name: 'y', shape: [3, 21], type: 'int8' },
      { name: 'v', shape: [7, 21], type: 'int8', data: weights(7 * 21) },
      { name: 'b', shape: [7], type: 'int32', data: Int32Array.from({ length: 7 }, (_, i) => 100 * i - 300) },
      { name: 'z', shape: [3, 7], type: 'int8' },
    ],
    steps: [
      { op: 'dense', inputs: [0, 1], outputs: [2], attributes: { ...shared, factor: [0.7131 * 2 ** -9] } },
      { op: 'dense', inputs: [2, 3, 4], outputs: [5], attributes: { ...shared, low: 3 } },
    ],
    inputs: [0],
    outputs: [5],
  };
}

/** The 3 × 3 convolution of 16 channels whose instructions are counted, and its products. */
export const countedSpec: LayerSpec = {
  op: 'conv2d',
  image: [16, 16, 16],
  out: 16,
  kernel: [3, 3],
  strides: [1, 1],
  padding: [1, 1],
  places: [16, 16],
};
export const countedMacs = 589_824;
