import { tf } from '../tfjs.ts';
import { FusedOptimizer, type Gradient, type OptimizerOptions, type Rule } from './fused-optimizer.ts';
import { updateInPlace } from './in-place.ts';

class Sgd extends FusedOptimizer {
  static readonly className: string = 'FusedSGD';

  constructor(learningRate: number, options: OptimizerOptions) {
    super(learningRate, [], options);
  }

  protected override rule(): Rule {
    return 'sgd';
  }

  protected override scalars(): number[] {
    return [this.learningRate];
  }

  protected override update(variable: tf.Variable, _: readonly tf.Variable[], { value, decay, scalars }: Gradient): void {
    const g = decay === 0 ? value : tf.add(value, tf.mul(variable, decay));
    updateInPlace('ResourceApplyGradientDescent', [variable], { inputs: [...scalars, g], attributes: [] });
  }
}

/** Stochastic gradient descent: w ← w - η · (g + λ · w), with rate η and weight decay λ. */
export function sgd(learningRate: number, options: OptimizerOptions = {}): FusedOptimizer {
  return new Sgd(learningRate, options);
}
