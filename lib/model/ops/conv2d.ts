import { conv2d as convolve } from '../../tensor/conv2d.ts';
import { LabError } from '../../tensor/errors.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { tf } from '../../tensor/tf.ts';
import { count, flag, oneOf, padding, pair } from '../attributes.ts';
import type { Coupling } from '../channels/rule.ts';
import { carryEach, firstOf, repeated, tieParts } from '../channels/rules.ts';
import { constant, initialNamed, initialNames } from '../initial.ts';
import { readsWindow } from '../places.ts';
import { slide, tensorPadding, type Window } from '../window.ts';
import { type Op, ofRank, only, type ParameterSpec } from './op.ts';

export type Conv2dAttributes = Required<Window> & {
  readonly filters: number;
  readonly groups: number;
  readonly bias: boolean;
  readonly initial: string;
};

function parameters(inputs: readonly Shape[], attributes: Conv2dAttributes): Record<string, ParameterSpec> {
  const { filters, groups, bias, initial } = attributes;
  const [height, width] = attributes.kernelSize;
  const channels = (ofRank(3, only(inputs))[2] as number) / groups;
  const area = height * width;
  const start = initialNamed(initial, { in: area * channels, out: (area * filters) / groups });
  return {
    kernel: { shape: [height, width, channels, filters], trainable: true, initial: start },
    ...(bias ? { bias: { shape: [filters], trainable: true, initial: constant(0) } } : {}),
  };
}

/**
 * Groups stay equally large: one channel of every group goes at a time, at the same place of the group. Where a group reads a single channel (a
 * depthwise convolution, written as a grouped one) the whole group goes.
 */
const coupling: Coupling = {
  couple(context) {
    const { groups, filters } = context.attributes as { groups: number; filters: number };
    const x = firstOf(context);
    if (groups > 1 && x.length === groups) {
      const passed = { side: 'through', channels: repeated(x, filters / groups) } as const;
      context.carry('kernel', 3, passed);
      return carryEach(context, ['bias'], passed);
    }
    const made = { side: 'out', channels: context.make(filters) } as const;
    tieParts(context, made.channels, groups);
    context.carry('kernel', 2, { side: 'in', channels: tieParts(context, x, groups) });
    context.carry('kernel', 3, made);
    return carryEach(context, ['bias'], made);
  },
  resize: ({ groups }, { input, output }) => ({
    filters: output.after,
    groups: groups === input.before ? input.after : (groups as number),
  }),
};

/**
 * 2-D convolution, [h, w, c] → [h', w', filters] with kernel [k_h, k_w, c / groups, filters]; `groups` splits the channels into that many
 * convolutions side by side.
 */
export const conv2d: Op<'conv2d', Conv2dAttributes> = {
  name: 'conv2d',
  arity: 1,
  attributes: {
    filters: count,
    kernelSize: pair,
    strides: pair,
    padding,
    dilations: pair,
    groups: count,
    bias: flag,
    initial: oneOf(...initialNames),
  },
  infer(inputs, attributes) {
    const image = ofRank(3, only(inputs));
    const { filters, groups } = attributes;
    if ((image[2] as number) % groups !== 0 || filters % groups !== 0)
      throw new LabError(
        'model/groups',
        `${groups} groups must divide the ${image[2]} input channels and the ${filters} filters.`,
        'Choose a divisor of both.',
      );
    return [...slide(image, attributes), filters];
  },
  parameters,
  macs: (inputs, output, { kernelSize, groups }) => sizeOf(output) * sizeOf(kernelSize) * ((only(inputs)[2] as number) / groups),
  reads: readsWindow,
  coupling,
  forward({ inputs, parameters: { kernel, bias }, attributes, precision }) {
    const x = only(inputs) as tf.Tensor4D;
    const { strides, dilations, groups } = attributes;
    const y = convolve(x, kernel as tf.Tensor4D, { strides, padding: tensorPadding(attributes.padding), dilations, groups, precision });
    return bias ? tf.add(y, bias) : y;
  },
};
