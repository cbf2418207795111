import { type AttributeKind, integer, kind } from '../../model/attributes.ts';
import type { Shape } from '../../tensor/shape.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { assertBorder } from './border.ts';
import type { Declared, IntegerOp, StepValues } from './op.ts';
import { refuseStep } from './refuse.ts';
import { type RequantizeAttributes, requantizeKinds, requantizer, zeroPoints } from './requantize-attributes.ts';
import { assertSums } from './sums.ts';
import { biasOf, image, isWide, numbersOf, weightOf } from './values.ts';

export type Conv2dStep = RequantizeAttributes & {
  /** [down, right]. */
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** [top, left]; bottom and right follow from the output's shape. Padding is worth 0, so it is the input's zero point. */
  readonly padding: readonly [number, number];
  readonly inputZeroPoint: number;
  /** One for all, or one for each output channel. */
  readonly weightZeroPoint: readonly number[];
};

const pairFrom = (from: number): AttributeKind =>
  kind(
    `two whole numbers from ${from} to 2^20`,
    value => Array.isArray(value) && value.length === 2 && value.every(item => Number.isInteger(item) && item >= from && item <= 2 ** 20),
  );

/** [top, left]. */
export const paddingKind: AttributeKind = pairFrom(0);
/** [down, right], of strides, dilations and windows. */
export const pairKind: AttributeKind = pairFrom(1);

/** The attributes of every op that slides a kernel over an image. */
export const slidingKinds: Readonly<Record<keyof Conv2dStep, AttributeKind>> = {
  ...requantizeKinds,
  strides: pairKind,
  dilations: pairKind,
  padding: paddingKind,
  inputZeroPoint: integer,
  weightZeroPoint: zeroPoints,
};

const kernelOf = (shape: Shape): readonly [number, number, number, number] => shape as readonly [number, number, number, number];

/**
 * Convolution of [n, h, w, c] with a kernel [out, k_h, k_w, c / groups] and an optional bias [out]:
 * y[o] = clip(Z_y + M[o] · (Σ (x - Z_x)(w - Z_w[o]) + bias[o]), low, high). Accumulators have 32 bits and wrap, 64 for int16 activations.
 * Jacob et al. 2018, equation 7.
 */
export const conv2d: IntegerOp<'conv2d', Conv2dStep> = {
  name: 'conv2d',
  arity: [2, 3],
  attributes: slidingKinds,
  check(values) {
    const { where } = values;
    const { x, kernel, y } = convolved(values);
    const [out, , , deep] = kernel.shape;
    if (x.shape[3] % deep !== 0 || out % (x.shape[3] / deep) !== 0)
      refuseStep(where, `a kernel [${kernel.shape}] does not divide ${x.shape[3]} input channels into groups.`);
    if (y.shape[3] !== out || y.shape[0] !== x.shape[0])
      refuseStep(where, `expected an output of ${x.shape[0]} images and ${out} channels; got [${y.shape}].`);
    assertSums(values, out);
    assertSlides(values);
  },
  macs: values => {
    const { kernel, y } = convolved(values);
    return sizeOf(y.shape) * sizeOf(kernel.shape.slice(1));
  },
  run(values) {
    const { inputs, outputs, attributes } = values;
    const { x, kernel, y } = convolved(values);
    const [batch, height, width, channels] = x.shape;
    const [out, kernelHeight, kernelWidth, deep] = kernelOf(kernel.shape);
    const [, outHeight, outWidth] = y.shape;
    const { strides, dilations, padding, inputZeroPoint, weightZeroPoint } = attributes;
    const data = numbersOf(inputs[0]);
    const weight = numbersOf(inputs[1]);
    const bias = biasOf(inputs[2], out);
    const result = numbersOf(outputs[0]);
    const store = requantizer(attributes, { wide: isWide(x, inputs[2]) });
    const perGroup = (out * deep) / channels;
    for (let n = 0, at = 0; n < batch; n++)
      for (let row = 0; row < outHeight; row++)
        for (let column = 0; column < outWidth; column++)
          for (let o = 0; o < out; o++, at++) {
            const zero = weightZeroPoint[weightZeroPoint.length === 1 ? 0 : o] as number;
            const first = Math.floor(o / perGroup) * deep;
            let sum = bias[o] as number;
            for (let i = 0; i < kernelHeight; i++) {
              const down = row * strides[0] + i * dilations[0] - padding[0];
              if (down < 0 || down >= height) continue;
              for (let j = 0; j < kernelWidth; j++) {
                const right = column * strides[1] + j * dilations[1] - padding[1];
                if (right < 0 || right >= width) continue;
                const from = ((n * height + down) * width + right) * channels + first;
                const w = ((o * kernelHeight + i) * kernelWidth + j) * deep;
                for (let c = 0; c < deep; c++) sum += ((data[from + c] as number) - inputZeroPoint) * ((weight[w + c] as number) - zero);
              }
            }
            result[at] = store(sum, o);
          }
  },
};

/** Refuses windows of a convolution, of all channels or of one, that reach far beyond its image. */
export function assertSlides(values: StepValues<Conv2dStep, Declared>): void {
  const { x, kernel, y } = convolved(values);
  const { strides, dilations } = values.attributes;
  const [, height, width] = kernelOf(kernel.shape);
  assertBorder(values.where, { x: x.shape, y: y.shape }, { places: [y.shape[1], y.shape[2]], strides, dilations, kernel: [height, width] });
}

function convolved<V extends Declared>({
  inputs,
  outputs,
  where,
}: StepValues<unknown, V>): {
  readonly x: { readonly shape: readonly [number, number, number, number]; readonly type: V['type'] };
  readonly kernel: { readonly shape: readonly [number, number, number, number] };
  readonly y: { readonly shape: readonly [number, number, number, number]; readonly type: V['type'] };
} {
  return { x: image(where, inputs[0]), kernel: weightOf(where, inputs[1], 4) as never, y: image(where, outputs[0]) };
}
