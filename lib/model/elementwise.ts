import type { tf } from '../tensor/tf.ts';
import type { AttributeKind } from './attributes.ts';
import { type Attributes, type Op, only } from './ops/op.ts';

/** An activation function: one input, same shape, no parameters, may overwrite its input. */
export function elementwise<A = Attributes>(
  name: string,
  fn: (x: tf.Tensor, attributes: A) => tf.Tensor,
  attributes: Readonly<Record<string, AttributeKind>> = {},
): Op<A> {
  return {
    name,
    arity: 1,
    attributes,
    inPlace: true,
    infer: inputs => only(inputs),
    forward: computation => fn(only(computation.inputs), computation.attributes),
  };
}
