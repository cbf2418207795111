import { depthwiseConv2d as convolve } from '../../tensor/depthwise-conv2d.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { tf } from '../../tensor/tf.ts';
import { count, flag, oneOf, padding, pair } from '../attributes.ts';
import { carryEach, firstOf, repeated } from '../channels/rules.ts';
import { constant, initialNamed, initialNames } from '../initial.ts';
import { readsWindow } from '../places.ts';
import { slide, tensorPadding, type Window } from '../window.ts';
import { type Op, ofRank, only, type ParameterSpec } from './op.ts';

export type DepthwiseConv2dAttributes = Required<Window> & {
  /** Outputs for each input channel. */
  readonly multiplier: number;
  readonly bias: boolean;
  readonly initial: string;
};

function parameters(inputs: readonly Shape[], attributes: DepthwiseConv2dAttributes): Record<string, ParameterSpec> {
  const { kernelSize, multiplier, bias, initial } = attributes;
  const channels = ofRank(3, only(inputs))[2] as number;
  const area = sizeOf(kernelSize);
  return {
    kernel: {
      shape: [...kernelSize, channels, multiplier],
      trainable: true,
      initial: initialNamed(initial, { in: area, out: area * multiplier }),
    },
    ...(bias ? { bias: { shape: [channels * multiplier], trainable: true, initial: constant(0) } } : {}),
  };
}

/** A convolution for each channel of its own: [h, w, c] → [h', w', c · multiplier], kernel [k_h, k_w, c, multiplier]. Chollet 2017. */
export const depthwiseConv2d: Op<'depthwise-conv2d', DepthwiseConv2dAttributes> = {
  name: 'depthwise-conv2d',
  arity: 1,
  attributes: {
    multiplier: count,
    kernelSize: pair,
    strides: pair,
    padding,
    dilations: pair,
    bias: flag,
    initial: oneOf(...initialNames),
  },
  infer(inputs, attributes) {
    const image = ofRank(3, only(inputs));
    return [...slide(image, attributes), (image[2] as number) * attributes.multiplier];
  },
  parameters,
  macs: (_, output, { kernelSize }) => sizeOf(output) * sizeOf(kernelSize),
  reads: readsWindow,
  /** Each input channel owns `multiplier` outputs. */
  coupling: {
    couple(context) {
      const x = firstOf(context);
      context.carry('kernel', 2, { side: 'through', channels: x });
      return carryEach(context, ['bias'], { side: 'through', channels: repeated(x, context.attributes.multiplier as number) });
    },
  },
  forward({ inputs, parameters: { kernel, bias }, attributes }) {
    const x = only(inputs) as tf.Tensor4D;
    const { strides, dilations } = attributes;
    const y = convolve(x, kernel as tf.Tensor4D, { strides, padding: tensorPadding(attributes.padding), dilations });
    return bias ? tf.add(y, bias) : y;
  },
};
