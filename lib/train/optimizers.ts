import { LabError } from '../tensor/errors.ts';
import { adam, adamW } from '../tensor/optimizers/adam.ts';
import type { OptimizerOptions } from '../tensor/optimizers/fused-optimizer.ts';
import { momentum } from '../tensor/optimizers/momentum.ts';
import { sgd } from '../tensor/optimizers/sgd.ts';
import type { tf } from '../tensor/tf.ts';

/** Rules by name. `momentum` and `nesterov` use 0.9; `adamW` takes weight decay off the weights instead of adding it to the gradient. */
export type OptimizerName = 'sgd' | 'momentum' | 'nesterov' | 'adam' | 'adamW';

/** A rule by name, or a function that makes an optimizer, given what `fit` was told about weight decay; `fit` disposes it at the end. */
export type OptimizerChoice = OptimizerName | ((options: OptimizerOptions) => tf.Optimizer);

interface Rule {
  readonly make: (options: OptimizerOptions) => tf.Optimizer;
  /** Peak of the rate unless told; absent when the optimizer brings its own rate. */
  readonly learningRate?: number;
}

const rules: Readonly<Record<OptimizerName, Rule>> = {
  sgd: { make: options => sgd(0.1, options), learningRate: 0.1 },
  momentum: { make: options => momentum(0.1, 0.9, options), learningRate: 0.1 },
  nesterov: { make: options => momentum(0.1, 0.9, { ...options, nesterov: true }), learningRate: 0.1 },
  adam: { make: options => adam(0.001, options), learningRate: 0.001 },
  adamW: { make: options => adamW(0.001, options), learningRate: 0.001 },
};

/**
 * The rule of this name, or one around the given function.
 * @throws LabError `train/optimizer` for an unknown name.
 */
export function ruleOf(choice: OptimizerChoice): Rule {
  if (typeof choice === 'function') return { make: choice };
  const rule = Object.hasOwn(rules, choice) ? rules[choice] : undefined;
  if (rule) return rule;
  throw new LabError(
    'train/optimizer',
    `There is no optimizer ${String(choice)}.`,
    `Known are ${Object.keys(rules).join(', ')}; or give a function, such as () => tf.train.rmsprop(0.001).`,
  );
}

/** Optimizers of tf.train keep their rate in a tensor behind a setter, the others in a field. */
interface Adjustable {
  learningRate: number;
  setLearningRate?(rate: number): void;
}

/** Sets the rate of the next update. */
export function setLearningRate(optimizer: tf.Optimizer, rate: number): void {
  const adjustable = optimizer as unknown as Adjustable;
  if (adjustable.learningRate === rate) return;
  adjustable.setLearningRate?.(rate);
  adjustable.learningRate = rate;
}

/** The rate of the next update, or NaN for an optimizer that tells none. */
export function learningRateOf(optimizer: tf.Optimizer): number {
  return (optimizer as unknown as Partial<Adjustable>).learningRate ?? Number.NaN;
}
