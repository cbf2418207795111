import type { Shape } from '../tensor/shape.ts';
import { network } from './build.ts';
import type { Model } from './model.ts';

export interface MlpOptions {
  readonly classes?: number;
  /** Shape of one sample; it is flattened. Default [28, 28, 1]. */
  readonly input?: Shape;
  /** Units of each hidden layer; default 300 and 100 (LeNet-300-100). */
  readonly hidden?: readonly number[];
  readonly seed?: number;
}

/**
 * A multi-layer perceptron: dense layers with ReLU between them.
 * @example
 * const model = mlp({ input: [28, 28, 1], hidden: [300, 100], classes: 10 });
 */
export function mlp(options: MlpOptions = {}): Model {
  const { classes = 10, input = [28, 28, 1], hidden = [300, 100], seed = 0 } = options;
  const net = network('mlp', input, { seed }).flatten();
  for (const units of hidden) net.dense(units).relu();
  return net.dense(classes).model();
}
