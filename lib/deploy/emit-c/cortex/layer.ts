import { sizeOf } from '../../../tensor/shape.ts';
import type { Conv2dStep } from '../../integer/conv2d.ts';
import { type DenseStep, denseStore } from '../../integer/dense.ts';
import type { Declared } from '../../integer/op.ts';
import type { RequantizeAttributes } from '../../integer/requantize-attributes.ts';
import type { CStep } from '../kernel.ts';
import { provenRounding, type ShiftedRounding } from './proven-rounding.ts';
import { type Range, type Rounding, roundingsOf } from './requantize.ts';
import type { WeightRows } from './weights.ts';

/** A layer of int8 products as the kernels of Cortex-M want it. */
export interface ConvLayer {
  readonly image: readonly [height: number, width: number, channels: number];
  readonly places: readonly [height: number, width: number];
  readonly out: number;
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly inputZeroPoint: number;
  /** Bytes under one row of the kernel, one behind the other. */
  readonly run: number;
  readonly rows: WeightRows;
  /** Biases with the input's zero point folded in: b - Z · Σ w, so that inner loops multiply stored inputs as they are. */
  readonly bias: Int32Array;
  readonly roundings: readonly Rounding[];
  /** Bits that sums are shifted to the left before they are rounded so, nothing taken away from negative ones; absent: 1, as `roundingOf` says. */
  readonly left?: number;
  readonly store: RequantizeAttributes;
  /** Whether inputs are doubled when they are widened, and biases with them: an instruction a pair, and one less an output. */
  readonly doubled?: boolean;
}

/** Whether the core has SMLAD and no vectors. */
export const hasSmlad = ({ core }: Pick<CStep, 'core'>): boolean => core === 'cortex-m4' || core === 'cortex-m7';

/** Whether a step has int8 inputs, weights and outputs, constants that are there, one image and weights without zero points. */
export function isPlainInt8({ inputs, output, attributes }: CStep<{ readonly weightZeroPoint: readonly number[] }>): boolean {
  const [x, weight, bias] = inputs;
  return (
    x?.type === 'int8' &&
    output.type === 'int8' &&
    x.data === undefined &&
    weight?.data !== undefined &&
    weight.type === 'int8' &&
    (bias === undefined || (bias.data !== undefined && bias.type === 'int32')) &&
    attributes.weightZeroPoint.every(zero => zero === 0)
  );
}

/** A convolution that SMLADs compute exactly, or nothing: int8 with per-channel roundings of the normal form, no dilation, no groups, one image. */
export function convLayerOf(step: CStep<Conv2dStep>): ConvLayer | undefined {
  const { inputs, output, attributes } = step;
  if (!isPlainInt8(step)) return undefined;
  const [x, weight] = inputs as readonly [Declared, Declared];
  const [batch, height, width, channels] = x.shape as readonly [number, number, number, number];
  const [out, kernelHeight, kernelWidth, deep] = weight.shape as readonly [number, number, number, number];
  if (batch !== 1 || deep !== channels || attributes.dilations.some(n => n !== 1)) return undefined;
  const rows = { data: weight.data as Int8Array, out, depth: kernelHeight * kernelWidth * channels };
  const { inputZeroPoint, strides, padding } = attributes;
  const sums = foldedBias(rows, step.inputs[2]?.data as Int32Array | undefined, inputZeroPoint);
  const roundings = roundingsOf(attributes, sums.ranges);
  if (!roundings) return undefined;
  return {
    image: [height, width, channels],
    places: [output.shape[1] as number, output.shape[2] as number],
    out,
    kernel: [kernelHeight, kernelWidth],
    strides,
    padding,
    inputZeroPoint,
    run: kernelWidth * channels,
    rows,
    bias: withoutIdle(sums.bias, roundings),
    roundings,
    store: attributes,
  };
}

/** A depthwise convolution with one output a channel that SMLADs compute exactly, or nothing. */
export function depthwiseLayerOf(step: CStep<Conv2dStep>): ConvLayer | undefined {
  const { inputs, output, attributes } = step;
  if (!isPlainInt8(step)) return undefined;
  const [x, weight] = inputs as readonly [Declared, Declared];
  const [batch, height, width, channels] = x.shape as readonly [number, number, number, number];
  const [, kernelHeight, kernelWidth, out] = weight.shape as readonly [number, number, number, number];
  if (batch !== 1 || out !== channels || attributes.dilations.some(n => n !== 1)) return undefined;
  const depth = kernelHeight * kernelWidth;
  const rows = { data: weight.data as Int8Array, out, depth };
  const { inputZeroPoint, strides, padding } = attributes;
  const turned = Int8Array.from(
    { length: out * depth },
    (_, i) => (weight.data as Int8Array)[(i % depth) * out + Math.floor(i / depth)] as number,
  );
  const sums = foldedBias({ data: turned, out, depth }, step.inputs[2]?.data as Int32Array | undefined, inputZeroPoint);
  const roundings = roundingsOf(attributes, sums.ranges);
  if (!roundings) return undefined;
  const places = [output.shape[1] as number, output.shape[2] as number] as const;
  return {
    image: [height, width, channels],
    places,
    out,
    kernel: [kernelHeight, kernelWidth],
    strides,
    padding,
    inputZeroPoint,
    run: kernelWidth,
    rows,
    bias: withoutIdle(sums.bias, roundings),
    roundings,
    store: attributes,
  };
}

/** A dense layer as a 1 × 1 convolution of its rows, with either way to round, or nothing. */
export function denseLayerOf(step: CStep<DenseStep>): ConvLayer | undefined {
  const { inputs, output, attributes } = step;
  if (!isPlainInt8(step)) return undefined;
  const [, weight] = inputs as readonly [Declared, Declared];
  const [out, deep] = weight.shape as readonly [number, number];
  const count = sizeOf(output.shape) / out;
  const rows = { data: weight.data as Int8Array, out, depth: deep };
  const { inputZeroPoint, factor } = attributes;
  const { bias, ranges } = foldedBias(rows, inputs[2]?.data as Int32Array | undefined, inputZeroPoint);
  const found = factor ? factorRoundings(attributes, ranges) : roundingsOf(attributes, ranges);
  if (!found) return undefined;
  return {
    image: [1, count, deep],
    places: [1, count],
    out,
    kernel: [1, 1],
    strides: [1, 1],
    padding: [0, 0],
    inputZeroPoint,
    run: deep,
    rows,
    bias: withoutIdle(bias, found),
    roundings: found,
    ...(factor ? { left: (found[0] as ShiftedRounding).left } : {}),
    store: attributes,
  };
}

/** Biases, 0 where the rounding takes nothing of a sum, so that twice a sum stays within 32 bits. */
const withoutIdle = (bias: Int32Array, roundings: readonly Rounding[]): Int32Array =>
  bias.map((value, o) => (roundings[o]?.multiplier === 0 ? 0 : value));

/** Roundings of real factors, all with the same shift to the left. */
function factorRoundings(attributes: DenseStep, ranges: readonly Range[]): readonly ShiftedRounding[] | undefined {
  const factor = attributes.factor as readonly number[];
  const { low, high, outputZeroPoint: zero } = attributes;
  const store = denseStore(attributes);
  const range: Range = [Math.min(...ranges.map(([least]) => least)), Math.max(...ranges.map(([, greatest]) => greatest))];
  const found = factor.map((value, channel) =>
    provenRounding({ store: sum => store(sum, channel), range, factor: value, zero, low, high }),
  );
  if (found.some(item => !item || item.left !== found[0]?.left)) return undefined;
  return ranges.map((_, channel) => found[found.length === 1 ? 0 : channel] as ShiftedRounding);
}

/** Biases with the input's zero point folded in, and the least and greatest sum of each output over all int8 inputs. */
export function foldedBias(
  { data, out, depth }: WeightRows,
  bias: Int32Array | undefined,
  zero: number,
): { readonly bias: Int32Array; readonly ranges: readonly Range[] } {
  const folded = new Int32Array(out);
  const ranges: Range[] = [];
  const [least, most] = [Math.min(0, -128 - zero), Math.max(0, 127 - zero)];
  for (let o = 0; o < out; o++) {
    let [up, down] = [0, 0];
    for (let k = 0; k < depth; k++) {
      const w = data[o * depth + k] as number;
      if (w > 0) up += w;
      else down += w;
    }
    const b = bias?.[o] ?? 0;
    folded[o] = b - zero * (up + down);
    ranges.push([b + up * least + down * most, b + up * most + down * least]);
  }
  return { bias: folded, ranges };
}
