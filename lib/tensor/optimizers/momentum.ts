import { attribute } from '../run-op.ts';
import { tf } from '../tfjs.ts';
import { FusedOptimizer, type Gradient, type OptimizerOptions, type Rule } from './fused-optimizer.ts';
import { updateInPlace } from './in-place.ts';

class Momentum extends FusedOptimizer {
  static readonly className: string = 'FusedMomentum';
  readonly #momentum: number;
  readonly #nesterov: boolean;

  constructor(learningRate: number, momentum: number, { nesterov = false, ...options }: MomentumOptions) {
    super(learningRate, ['momentum'], options);
    this.#momentum = momentum;
    this.#nesterov = nesterov;
  }

  protected override rule(): Rule {
    return this.#nesterov ? 'nesterov' : 'momentum';
  }

  protected override scalars(): number[] {
    return [this.learningRate, this.#momentum];
  }

  protected override update(variable: tf.Variable, state: readonly tf.Variable[], { value, decay, scalars }: Gradient): void {
    const [rate, momentum] = scalars as [tf.Tensor, tf.Tensor];
    const g = decay === 0 ? value : tf.add(value, tf.mul(variable, decay));
    updateInPlace('ResourceApplyMomentum', [variable, ...state], {
      inputs: [rate, g, momentum],
      attributes: [attribute.bool('use_nesterov', this.#nesterov)],
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), momentum: this.#momentum, nesterov: this.#nesterov };
  }
}

/** Momentum's settings. */
export interface MomentumOptions extends OptimizerOptions {
  /** Looks one step ahead; default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent with momentum μ: with g' = g + λ · w, v ← μ · v + g', then w ← w - η · v; with Nesterov's step w ← w - η · (g' + μ · v).
 * Sutskever et al. 2013, in the form that tf.train.momentum and PyTorch use.
 */
export function momentum(learningRate: number, momentum = 0.9, options: MomentumOptions = {}): FusedOptimizer {
  return new Momentum(learningRate, momentum, options);
}
