import { type AttributeKind, integer, kind, optional } from '../../model/attributes.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { clamped } from '../fixed-point.ts';
import type { IntegerOp } from './op.ts';
import { refuseStep } from './refuse.ts';
import { type RequantizeAttributes, requantizeKinds, requantizer, zeroPoints } from './requantize-attributes.ts';
import { assertSums } from './sums.ts';
import { biasOf, isWide, numbersOf, weightOf } from './values.ts';

export type DenseStep = RequantizeAttributes & {
  readonly inputZeroPoint: number;
  /** One for all, or one for each output channel. */
  readonly weightZeroPoint: readonly number[];
  /**
   * Real factors M, as many as `multiplier`. Where they are given, sums are multiplied with them in double precision and rounded once, halves away from
   * zero, as LiteRT's reference kernel does it; without them by `multiplier` and `shift` as in every other op, as TensorFlow Lite Micro and
   * CMSIS-NN do it. One result in 2^(1 - shift) or so differs, by one.
   */
  readonly factor?: readonly number[];
};

const factors: AttributeKind = optional(
  kind(
    'a list of positive numbers',
    value => Array.isArray(value) && value.length > 0 && value.every(item => item > 0 && Number.isFinite(item)),
  ),
);

/** (accumulator, channel) → stored integer, the product rounded once. */
function roundedOnce(
  { outputZeroPoint, low, high }: DenseStep,
  factor: readonly number[],
  wide: boolean,
): (acc: number, channel: number) => number {
  const one = factor.length === 1 ? 0 : 1;
  return (acc, channel) => {
    const product = (wide ? acc : acc | 0) * (factor[channel * one] as number);
    return clamped(Math.sign(product) * Math.round(Math.abs(product)) + outputZeroPoint, low, high);
  };
}

/** (accumulator, channel) → stored integer, as the step says it. */
export function denseStore(attributes: DenseStep, wide = false): (acc: number, channel: number) => number {
  return attributes.factor ? roundedOnce(attributes, attributes.factor, wide) : requantizer(attributes, { wide });
}

/**
 * A dense layer, [… , in] as rows of `in` numbers, with a weight [out, in] and an optional bias [out]:
 * y[o] = clip(Z_y + M[o] · (Σ (x - Z_x)(w - Z_w[o]) + bias[o]), low, high), accumulators as in `conv2d`. Jacob et al. 2018, equation 7.
 */
export const dense: IntegerOp<'dense', DenseStep> = {
  name: 'dense',
  arity: [2, 3],
  attributes: { ...requantizeKinds, inputZeroPoint: integer, weightZeroPoint: zeroPoints, factor: factors },
  check(values) {
    const { inputs, outputs, attributes, where } = values;
    const [out, deep] = weightOf(where, inputs[1], 2).shape as readonly [number, number];
    const [x] = inputs;
    const [y] = outputs;
    const rows = x ? sizeOf(x.shape) / deep : 0;
    if (!x || !y || rows === 0 || !Number.isInteger(rows) || sizeOf(y.shape) !== rows * out || y.shape.at(-1) !== out)
      refuseStep(where, `a weight [${out}, ${deep}] does not take [${x?.shape}] to [${y?.shape}].`);
    assertSums(values, out);
    const { factor, multiplier } = attributes;
    if (factor && factor.length !== multiplier.length)
      refuseStep(where, `it has ${multiplier.length} multipliers and ${factor.length} real factors; there should be as many.`);
  },
  macs: ({ inputs, outputs, where }) =>
    sizeOf((outputs[0] as { shape: readonly number[] }).shape) * (weightOf(where, inputs[1], 2).shape[1] as number),
  run({ inputs, outputs, attributes, where }) {
    const [out, deep] = weightOf(where, inputs[1], 2).shape as readonly [number, number];
    const { inputZeroPoint, weightZeroPoint } = attributes;
    const data = numbersOf(inputs[0]);
    const weight = numbersOf(inputs[1]);
    const bias = biasOf(inputs[2], out);
    const result = numbersOf(outputs[0]);
    const wide = isWide(inputs[0] as { type: 'int8' }, inputs[2]);
    const store = denseStore(attributes, wide);
    const rows = data.length / deep;
    for (let r = 0, at = 0; r < rows; r++)
      for (let o = 0; o < out; o++, at++) {
        const zero = weightZeroPoint[weightZeroPoint.length === 1 ? 0 : o] as number;
        let sum = bias[o] as number;
        for (let i = 0; i < deep; i++) sum += ((data[r * deep + i] as number) - inputZeroPoint) * ((weight[o * deep + i] as number) - zero);
        result[at] = store(sum, o);
      }
  },
};
