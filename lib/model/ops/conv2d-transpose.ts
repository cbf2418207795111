import type { Borders } from '../../tensor/conv-geometry.ts';
import { conv2dTranspose as transpose } from '../../tensor/conv2d.ts';
import { LabError } from '../../tensor/errors.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { tf } from '../../tensor/tf.ts';
import { count, flag, oneOf, padding, pair } from '../attributes.ts';
import { carryEach, firstOf } from '../channels/rules.ts';
import { constant, initialNamed, initialNames } from '../initial.ts';
import { eachPlace } from '../places.ts';
import { bordersOf, type Pair, type Window } from '../window.ts';
import { type Op, ofRank, only, type ParameterSpec } from './op.ts';

export type Conv2dTransposeAttributes = Pick<Window, 'kernelSize' | 'strides' | 'padding'> & {
  readonly filters: number;
  readonly bias: boolean;
  readonly initial: string;
};

/** The convolution this op transposes maps an image of size `full` minus `crop` to the input. */
function grown(image: Shape, window: Conv2dTransposeAttributes): { readonly full: Pair; readonly crop: Borders } {
  const { kernelSize, strides } = window;
  const scaled: Pair = [(image[0] ?? 0) * strides[0], (image[1] ?? 0) * strides[1]];
  const crop = bordersOf(scaled, window);
  const along = (axis: 0 | 1): number =>
    window.padding === 'same' ? scaled[axis] + crop[axis][0] + crop[axis][1] : ((image[axis] ?? 0) - 1) * strides[axis] + kernelSize[axis];
  return { full: [along(0), along(1)], crop };
}

function parameters(inputs: readonly Shape[], attributes: Conv2dTransposeAttributes): Record<string, ParameterSpec> {
  const { filters, kernelSize, strides, bias, initial } = attributes;
  const channels = ofRank(3, only(inputs))[2] as number;
  const area = sizeOf(kernelSize);
  return {
    kernel: {
      shape: [...kernelSize, filters, channels],
      trainable: true,
      initial: initialNamed(initial, { in: (area * channels) / sizeOf(strides), out: area * filters }),
    },
    ...(bias ? { bias: { shape: [filters], trainable: true, initial: constant(0) } } : {}),
  };
}

/**
 * Transposed convolution, the adjoint of conv2d: ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩. Output (h - 1) · s - p₀ - p₁ + k, or h · s with padding 'same';
 * kernel [k_h, k_w, filters, channels]. MACs: every input value meets the whole kernel.
 */
export const conv2dTranspose: Op<'conv2d-transpose', Conv2dTransposeAttributes> = {
  name: 'conv2d-transpose',
  arity: 1,
  attributes: { filters: count, kernelSize: pair, strides: pair, padding, bias: flag, initial: oneOf(...initialNames) },
  infer(inputs, attributes) {
    const { full, crop } = grown(ofRank(3, only(inputs)), attributes);
    const size = full.map((length, axis) => length - (crop[axis]?.[0] ?? 0) - (crop[axis]?.[1] ?? 0));
    if (size.some(length => length < 1))
      throw new LabError('model/window', `The padding takes away all of the output [${full}].`, 'Use a smaller padding.');
    return [...size, attributes.filters];
  },
  parameters,
  macs: (inputs, _, { kernelSize, filters }) => sizeOf(only(inputs)) * sizeOf(kernelSize) * filters,
  /** Row o of the output sees the rows i whose kernel, from i · s - p₀ on, covers it: 0 ≤ o + p₀ - i · s < k; maybe none. */
  reads(places, { inputs, attributes }) {
    const { kernelSize, strides } = attributes;
    const { crop } = grown(only(inputs), attributes);
    return eachPlace(places, (place, axis) => {
      const last = Math.floor((place + crop[axis][0]) / strides[axis]);
      const first = Math.ceil((place + crop[axis][0] - kernelSize[axis] + 1) / strides[axis]);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
    });
  },
  repeats: ({ strides }) => Math.max(...strides),
  /** The two axes of channels stand the other way round than in conv2d. */
  coupling: {
    couple(context) {
      const made = { side: 'out', channels: context.make(context.attributes.filters as number) } as const;
      context.carry('kernel', 2, made);
      context.carry('kernel', 3, { side: 'in', channels: firstOf(context) });
      return carryEach(context, ['bias'], made);
    },
    resize: (_, { output }) => ({ filters: output.after }),
  },
  forward({ inputs, parameters: { kernel, bias }, attributes, precision }) {
    const x = only(inputs) as tf.Tensor4D;
    const { filters, strides } = attributes;
    const { full, crop } = grown(x.shape.slice(1), attributes);
    const [rows, columns] = crop;
    const whole = transpose(x, kernel as tf.Tensor4D, { shape: [x.shape[0], ...full, filters], strides, precision });
    const size = [-1, full[0] - rows[0] - rows[1], full[1] - columns[0] - columns[1], -1];
    const y = tf.slice(whole, [0, rows[0], columns[0], 0], size);
    return bias ? tf.add(y, bias) : y;
  },
};
