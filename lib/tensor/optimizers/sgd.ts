import { tf } from '../tfjs.ts';
import { FusedOptimizer, type OptimizerOptions } from './fused-optimizer.ts';
import { updateInPlace } from './in-place.ts';

class Sgd extends FusedOptimizer {
  static readonly className: string = 'FusedSGD';

  constructor(learningRate: number, options: OptimizerOptions) {
    super(learningRate, [], options);
  }

  protected override update(variable: tf.Variable, _: readonly tf.Variable[], { value, decay }: { value: tf.Tensor; decay: number }): void {
    const g = decay === 0 ? value : tf.add(value, tf.mul(variable, decay));
    updateInPlace('ResourceApplyGradientDescent', [variable], { inputs: [tf.scalar(this.learningRate), g], attributes: [] });
  }
}

/** Stochastic gradient descent: w ← w - η · (g + λ · w), with rate η and weight decay λ. */
export function sgd(learningRate: number, options: OptimizerOptions = {}): FusedOptimizer {
  return new Sgd(learningRate, options);
}
