import { fakeQuantize as roundToGrid } from '../../tensor/fake-quantize.ts';
import type { Shape } from '../../tensor/shape.ts';
import { flag, oneOf, optional, within } from '../attributes.ts';
import { eachAlone, eachWith } from '../channels/rules.ts';
import { constant } from '../initial.ts';
import { type Op, only } from './op.ts';

export type FakeQuantizeAttributes = {
  readonly bits: number;
  readonly signed: boolean;
  /** A scale and a zero point for each index of the last axis. */
  readonly perChannel: boolean;
  /** How gradients are estimated, see `tensor/fake-quantize.ts`; default `lsq`. */
  readonly estimator?: 'lsq' | 'pact';
};

/**
 * What a value becomes when it is stored as integers, with trained scale s and zero point z: y = s · (q - z), q = clip(round(x / s + z), low, high).
 * Gradients are those of a straight-through estimator, see `tensor/fake-quantize.ts`. Lowering reads the node as a quantization of its input.
 */
export const fakeQuantize: Op<'fake-quantize', FakeQuantizeAttributes> = {
  name: 'fake-quantize',
  arity: 1,
  attributes: { bits: within(2, 16), signed: flag, perChannel: flag, estimator: optional(oneOf('lsq', 'pact')) },
  inPlace: true,
  infer: inputs => only(inputs),
  parameters(inputs, { perChannel }) {
    const shape: Shape = perChannel ? [only(inputs).at(-1) ?? 1] : [1];
    return {
      scale: { shape, trainable: true, initial: constant(1) },
      'zero-point': { shape, trainable: true, initial: constant(0) },
    };
  },
  coupling: {
    couple: context => (context.attributes.perChannel ? eachWith('scale', 'zero-point') : eachAlone).couple(context),
  },
  forward({ inputs, parameters, attributes: { bits, signed, estimator } }) {
    const low = signed ? -(2 ** (bits - 1)) : 0;
    const { scale, 'zero-point': zeroPoint } = parameters;
    return roundToGrid(only(inputs), { scale, zeroPoint, low, high: low + 2 ** bits - 1, estimator } as Parameters<typeof roundToGrid>[1]);
  },
};
