import { tf } from '../tfjs.ts';
import { FusedOptimizer, type Gradient, type OptimizerOptions, type Rule } from './fused-optimizer.ts';
import { updateInPlace } from './in-place.ts';

/** Adam's settings. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay rate of the first moment, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Decay rate of the second moment, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Keeps the division finite; default 1e-7. */
  readonly epsilon?: number;
}

class Adam extends FusedOptimizer {
  static readonly className: string = 'FusedAdam';
  readonly #settings: Required<Pick<AdamOptions, 'beta1' | 'beta2' | 'epsilon'>>;
  readonly #decoupled: boolean;

  constructor(learningRate: number, decoupled: boolean, { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, ...options }: AdamOptions) {
    super(learningRate, ['m', 'v'], options);
    this.#settings = { beta1, beta2, epsilon };
    this.#decoupled = decoupled;
  }

  protected override rule(): Rule {
    return this.#decoupled ? 'adamw' : 'adam';
  }

  protected override scalars(): number[] {
    const { beta1, beta2, epsilon } = this.#settings;
    const power1 = beta1 ** (this.iterations + 1);
    const power2 = beta2 ** (this.iterations + 1);
    // The op adds ε before it corrects the second moment's bias, the paper after: hence the factor.
    return [power1, power2, this.learningRate, beta1, beta2, epsilon * Math.sqrt(1 - power2)];
  }

  protected override update(variable: tf.Variable, state: readonly tf.Variable[], { value, decay, scalars }: Gradient): void {
    if (decay !== 0 && this.#decoupled) variable.assign(tf.mul(variable, 1 - this.learningRate * decay));
    const g = decay === 0 || this.#decoupled ? value : tf.add(value, tf.mul(variable, decay));
    updateInPlace('ResourceApplyAdam', [variable, ...state], { inputs: [...scalars, g], attributes: [] });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#settings };
  }
}

/**
 * Adam: m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g², w ← w - η · m̂ / (√v̂ + ε) with m̂ = m / (1-β₁ᵗ), v̂ = v / (1-β₂ᵗ); weight decay λ is added to
 * the gradient. Kingma and Ba 2015, algorithm 1.
 */
export function adam(learningRate = 1e-3, options: AdamOptions = {}): FusedOptimizer {
  return new Adam(learningRate, false, options);
}

/** Adam with decoupled weight decay: before Adam's step, w ← w - η · λ · w. Loshchilov and Hutter 2019, algorithm 2. */
export function adamW(learningRate = 1e-3, options: AdamOptions = {}): FusedOptimizer {
  return new Adam(learningRate, true, { weightDecay: 0.01, ...options });
}
