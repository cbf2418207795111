import type { tf } from '../tensor/tf.ts';
import type { AttributeKind } from './attributes.ts';
import { eachAlone } from './channels/rules.ts';
import type { Attributes } from './model.ts';
import { type Op, only } from './ops/op.ts';

/** An op that is an activation function. */
export type Activation<Name extends string = string, A = Attributes> = Op<Name, A> & { readonly activation: true };

/** An activation function: one input, each value by itself, no parameters, may overwrite its input. */
export function activation<Name extends string, A = Attributes>(
  name: Name,
  fn: (x: tf.Tensor, attributes: A) => tf.Tensor,
  attributes: Readonly<Record<string, AttributeKind>> = {},
): Activation<Name, A> {
  return {
    name,
    activation: true,
    arity: 1,
    attributes,
    inPlace: true,
    infer: inputs => only(inputs),
    coupling: eachAlone,
    forward: computation => fn(only(computation.inputs), computation.attributes),
  };
}
