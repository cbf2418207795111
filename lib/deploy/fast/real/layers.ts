import { mayTransform } from '../../../tensor/winograd.ts';
import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { DenseStep } from '../../integer/dense.ts';
import { numbersOf } from '../../integer/values.ts';
import { holds, isBytes, isSigned } from '../eligible.ts';
import type { Bound, BoundStep, Task, Way } from '../step.ts';
import { storing } from '../stored-sums.ts';
import { type Rows, type Unpacked, unpacked } from '../weights.ts';
import { exactParts, floatsAreExact, type Part } from './exact.ts';
import { convolution, type Image, product } from './float-sums.ts';

type Four = readonly [number, number, number, number];

interface Layer {
  readonly rows: Pick<Rows, 'out' | 'k' | 'at'>;
  /** What computes Σ (x - Z_x)(w - zero) for one part of the weights, from the centered input. */
  sums(part: Part): () => Float32Array;
  /** Where the input is read from, moved by its zero point. */
  center(): void;
}

/** A layer whose sums are exact in float32: computed there, the bias added and stored as integers. */
function layer(step: BoundStep<DenseStep>, make: (step: BoundStep<DenseStep>) => Layer): Task | undefined {
  const { attributes } = step;
  const [x, weight, bias] = step.inputs as readonly [Bound, Bound, Bound | undefined];
  const y = step.outputs[0] as Bound;
  const { inputZeroPoint, weightZeroPoint } = attributes;
  if (!isBytes(x) || x.constant || !holds(x, inputZeroPoint) || !floatsAreExact()) return undefined;
  const { rows, sums, center } = make(step);
  // zero point 0: the input is centered, so that nothing is left of it in the offset
  const all = step.once('rows', () => unpacked({ weight, bias, weightZeroPoint, inputZeroPoint: 0, ...rows }));
  const reach = isSigned(x) ? Math.max(127 - inputZeroPoint, inputZeroPoint + 128) : Math.max(255 - inputZeroPoint, inputZeroPoint);
  const parts = all && step.once('parts', () => exactParts(all, { ...rows, reach }));
  if (!parts) return undefined;
  const each = parts.map(part => ({ factor: part.factor, compute: sums(part) }));
  const { offset } = all as Unpacked;
  const totals = new Int32Array(y.data.length);
  const store = storing(attributes, y);
  return () => {
    center();
    begin(totals, offset);
    for (const { factor, compute } of each) addTo(totals, compute(), factor);
    store(totals);
  };
}

/** Every row of sums as it begins. */
function begin(totals: Int32Array, offset: Int32Array): void {
  for (let i = 0, o = 0; i < totals.length; i++) {
    totals[i] = offset[o] as number;
    if (++o === offset.length) o = 0;
  }
}

/** Whole numbers below 2^24 as floats, times 1 or 16; sums wrap at 32 bits. */
function addTo(totals: Int32Array, found: Float32Array, factor: number): void {
  for (let i = 0; i < totals.length; i++) totals[i] = ((totals[i] as number) + factor * (found[i] as number)) | 0;
}

/** An image with its border, as floats moved by the zero point: exactly as large as the window needs it. */
function bordered({ inputs, outputs, attributes, count }: BoundStep, kernel: readonly [number, number]): Image & { center(): void } {
  const [x, y] = [inputs[0] as Bound, outputs[0] as Bound];
  const [batch, height, width, channels] = x.shape as Four;
  const { strides, dilations, padding, inputZeroPoint } = attributes as unknown as Conv2dStep;
  const reach = (axis: 0 | 1): number => ((y.shape[axis + 1] as number) - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
  const [tall, wide] = [reach(0), reach(1)];
  const shape: Four = [batch * count, tall, wide, channels];
  const values = new Float32Array(shape[0] * tall * wide * channels);
  const data = numbersOf(x);
  const [top, left] = padding;
  const columns = Math.max(0, Math.min(width, wide - left)) * channels;
  return {
    shape,
    values,
    center() {
      for (let n = 0; n < shape[0]; n++)
        for (let row = 0; row < Math.min(height, tall - top); row++) {
          const from = (n * height + row) * width * channels;
          const to = ((n * tall + row + top) * wide + left) * channels;
          for (let i = 0; i < columns; i++) values[to + i] = (data[from + i] as number) - inputZeroPoint;
        }
    },
  };
}

const convLayer =
  (depthwise: boolean) =>
  (step: BoundStep): Layer => {
    const [x, weight] = step.inputs as readonly [Bound, Bound];
    const shape = weight.shape as Four;
    const [height, width] = [shape[1], shape[2]];
    const channels = x.shape[3] as number;
    const out = depthwise ? shape[3] : shape[0];
    const depth = depthwise ? 1 : shape[3];
    const image = bordered(step, [height, width]);
    const { strides, dilations } = step.attributes as unknown as Conv2dStep;
    const groups = depthwise ? channels : channels / depth;
    const rows = { out, k: height * width * depth, ...(depthwise && { at: (o: number, i: number) => i * out + o }) };
    return {
      rows,
      sums: part => convolution(image, part, { kernel: [height, width, depth, out], strides, dilations, groups }),
      center: image.center,
    };
  };

const sliding =
  (depthwise: boolean): Way =>
  step =>
    layer(step as unknown as BoundStep<DenseStep>, convLayer(depthwise) as never);

const direct = sliding(false);

/** A convolution on floats, where they add up plain products. */
export const conv2d: Way = step => {
  const { shape } = step.inputs[1] as Bound;
  const { strides } = step.attributes as unknown as Conv2dStep;
  return mayTransform(shape.slice(1, 3), strides) ? undefined : direct(step);
};

/** A depthwise convolution on floats. */
export const depthwise: Way = sliding(true);

/** A dense layer on floats. */
export const dense: Way = step =>
  layer(step as unknown as BoundStep<DenseStep>, ({ inputs, attributes: { inputZeroPoint } }) => {
    const [x, weight] = inputs as readonly [Bound, Bound];
    const [out, k] = weight.shape as readonly [number, number];
    const data = numbersOf(x);
    const values = new Float32Array(data.length);
    return {
      rows: { out, k },
      sums: part => product(values, part, { k, out }),
      center() {
        for (let i = 0; i < data.length; i++) values[i] = (data[i] as number) - inputZeroPoint;
      },
    };
  });
