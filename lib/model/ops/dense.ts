import { dense as denseLayer } from '../../tensor/dense.ts';
import type { Rectifier } from '../../tensor/rectifier.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import type { tf } from '../../tensor/tf.ts';
import { count, flag, oneOf } from '../attributes.ts';
import { carryEach, firstOf } from '../channels/rules.ts';
import { constant, initialNamed, initialNames } from '../initial.ts';
import { type Op, only, withLastAxis } from './op.ts';

export type DenseAttributes = { readonly units: number; readonly bias: boolean; readonly initial: string };

const featuresOf = (shape: Shape): number => shape.at(-1) as number;

/** Fully connected layer over the last axis: y = x · kernel + bias, [… , features] → [… , units], kernel [features, units]. */
export const dense: Op<'dense', DenseAttributes> = {
  name: 'dense',
  arity: 1,
  alongWith: ['relu', 'relu6'] satisfies Rectifier[],
  attributes: { units: count, bias: flag, initial: oneOf(...initialNames) },
  infer(inputs, { units }) {
    const shape = withLastAxis(only(inputs));
    return [...shape.slice(0, -1), units];
  },
  parameters(inputs, { units, bias, initial }) {
    const features = featuresOf(only(inputs));
    const start = initialNamed(initial, { in: features, out: units });
    return {
      kernel: { shape: [features, units], trainable: true, initial: start },
      ...(bias ? { bias: { shape: [units], trainable: true, initial: constant(0) } } : {}),
    };
  },
  macs: (inputs, output) => sizeOf(output) * featuresOf(only(inputs)),
  coupling: {
    couple(context) {
      const made = { side: 'out', channels: context.make(context.attributes.units as number) } as const;
      context.carry('kernel', 0, { side: 'in', channels: firstOf(context) });
      context.carry('kernel', 1, made);
      return carryEach(context, ['bias'], made);
    },
    resize: (_, { output }) => ({ units: output.after }),
  },
  forward({ inputs, parameters, along, precision }) {
    const { kernel, bias } = parameters as { kernel: tf.Tensor2D; bias?: tf.Tensor1D };
    return denseLayer(only(inputs), kernel, { bias, rectifier: along as Rectifier | undefined, precision });
  },
};
