import { LabError } from '../errors.ts';
import { tf } from '../tfjs.ts';
import { releaseLent } from './in-place.ts';

/** A tensor under a name, as `tf.train` optimizers exchange them. */
export interface NamedTensor {
  name: string;
  tensor: tf.Tensor;
}

/** The gradient of one variable; `decay` is λ, or 0 for a variable that does not decay. */
export interface Gradient {
  readonly value: tf.Tensor;
  readonly decay: number;
  /** What `scalars()` gave, as tensors. */
  readonly scalars: readonly tf.Tensor[];
}

type Gradients = tf.NamedTensorMap | NamedTensor[];

/** Settings that every optimizer has. */
export interface OptimizerOptions {
  /** Factor λ of the weight decay; 0 leaves it out. */
  readonly weightDecay?: number;
  /** Tells which variables decay; by default all. */
  readonly decays?: (variable: tf.Variable) => boolean;
}

/**
 * An optimizer with the interface of `tf.train` whose update of a variable is one native op in place. `learningRate` may be set between
 * steps. State (moments) lives in variables of the same shape, made at the first step.
 */
export abstract class FusedOptimizer extends tf.Optimizer {
  learningRate: number;
  protected readonly weightDecay: number;
  readonly #decays: (variable: tf.Variable) => boolean;
  readonly #slots: readonly string[];
  readonly #state = new Map<string, tf.Variable[]>();

  constructor(learningRate: number, slots: readonly string[], { weightDecay = 0, decays = () => true }: OptimizerOptions) {
    super();
    this.learningRate = learningRate;
    this.weightDecay = weightDecay;
    this.#decays = decays;
    this.#slots = slots;
  }

  /** The numbers that the native op takes, for one update of all variables. */
  protected abstract scalars(): number[];

  /** Updates one variable, with its state in the order of the slots. */
  protected abstract update(variable: tf.Variable, state: readonly tf.Variable[], gradient: Gradient): void;

  /** @throws LabError `optimizer/variable` for a gradient that belongs to no variable. */
  override applyGradients(gradients: Gradients): void {
    const pairs = Array.isArray(gradients) ? gradients.map(g => [g.name, g.tensor] as const) : Object.entries(gradients);
    tf.tidy(() => {
      const scalars = this.scalars().map(n => tf.scalar(n));
      for (const [name, value] of pairs) {
        const variable = tf.engine().registeredVariables[name];
        if (!variable) {
          throw new LabError('optimizer/variable', `There is a gradient for "${name}", but no variable of that name.`, 'Was it disposed?');
        }
        const decay = this.#decays(variable) ? this.weightDecay : 0;
        if (value) tf.tidy(() => this.update(variable, this.#stateOf(variable), { value, decay, scalars }));
      }
    });
    releaseLent();
    this.incrementIterations();
  }

  #stateOf(variable: tf.Variable): readonly tf.Variable[] {
    const known = this.#state.get(variable.name);
    if (known) return known;
    const made = this.#slots.map(() => tf.tidy(() => tf.variable(tf.zerosLike(variable), false)));
    this.#state.set(variable.name, made);
    return made;
  }

  override async getWeights(): Promise<NamedTensor[]> {
    const named = this.#slots.flatMap((slot, i) =>
      [...this.#state].map(([name, state]) => ({ name: `${name}/${slot}`, tensor: state[i] as tf.Tensor })),
    );
    return [await this.saveIterations(), ...named];
  }

  /** @throws LabError `optimizer/weights` for a name that is not VARIABLE/SLOT. */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    this.#disposeState();
    for (const { name, tensor } of await this.extractIterations(weights)) {
      const cut = name.lastIndexOf('/');
      const slot = this.#slots.indexOf(name.slice(cut + 1));
      if (slot < 0) {
        throw new LabError('optimizer/weights', `"${name}" is no state of this optimizer.`, `Its slots are: ${this.#slots.join(', ')}.`);
      }
      const state = this.#state.get(name.slice(0, cut)) ?? [];
      state[slot] = tf.variable(tensor, false);
      this.#state.set(name.slice(0, cut), state);
    }
  }

  #disposeState(): void {
    tf.dispose([...this.#state.values()].flat());
    this.#state.clear();
  }

  override dispose(): void {
    this.#disposeState();
    super.dispose();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { learningRate: this.learningRate, weightDecay: this.weightDecay };
  }
}
