import { LabError } from '../errors.ts';
import { hasNativeOps, threadsAttribute } from '../native-ops.ts';
import { intAttributes, runOps } from '../run-op.ts';
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

/** In the order of kernels/compute/abi.h. */
const rules = ['sgd', 'momentum', 'nesterov', 'adam', 'adamw'] as const;

/** How a parameter moves. */
export type Rule = (typeof rules)[number];

interface Given {
  readonly variable: tf.Variable;
  readonly value: tf.Tensor;
}

function variableNamed(name: string): tf.Variable {
  const variable = tf.engine().registeredVariables[name];
  if (variable) return variable;
  throw new LabError('optimizer/variable', `There is a gradient for "${name}", but no variable of that name.`, 'Was it disposed?');
}

/**
 * An optimizer with the interface of `tf.train` whose update of all variables is one op of our own; without one, of each variable
 * one native op in place. `learningRate` may be set between
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

  /** Its rule, as the op of our own knows it. */
  protected abstract rule(): Rule;

  /** The numbers that the native op takes, for one update of all variables. */
  protected abstract scalars(): number[];

  /** Updates one variable, with its state in the order of the slots. */
  protected abstract update(variable: tf.Variable, state: readonly tf.Variable[], gradient: Gradient): void;

  /** @throws LabError `optimizer/variable` for a gradient that belongs to no variable. */
  override applyGradients(gradients: Gradients): void {
    const pairs = Array.isArray(gradients) ? gradients.map(g => [g.name, g.tensor] as const) : Object.entries(gradients);
    const given = pairs.flatMap(([name, value]) => (value ? [{ variable: variableNamed(name), value }] : []));
    tf.tidy(() => (hasNativeOps ? this.#updateTogether(given) : this.#updateEach(given)));
    this.incrementIterations();
  }

  /** All variables in one op of our own. */
  #updateTogether(given: readonly Given[]): void {
    if (given.length === 0) return;
    const states = given.map(({ variable }) => this.#stateOf(variable));
    const decays = given.map(({ variable }) => this.#decayOf(variable));
    const slots = this.#slots.flatMap((_, slot) => states.map(state => state[slot] as tf.Variable));
    const variables = [...given.map(({ variable }) => variable), ...slots];
    const gradients = given.map(({ value }) => value);
    const inputs = [tf.tensor1d(this.scalars()), tf.tensor1d(decays), ...variables.slice(0, given.length), ...gradients, ...slots];
    const attributes = [...intAttributes({ N: given.length, M: slots.length, rule: rules.indexOf(this.rule()) }), threadsAttribute];
    const renewed = runOps('TinylabUpdate', inputs, { attributes, outputs: variables.length });
    for (const [i, variable] of variables.entries()) variable.assign(renewed[i] as tf.Tensor);
  }

  #updateEach(given: readonly Given[]): void {
    const scalars = this.scalars().map(n => tf.scalar(n));
    for (const { variable, value } of given)
      tf.tidy(() => this.update(variable, this.#stateOf(variable), { value, decay: this.#decayOf(variable), scalars }));
    releaseLent();
  }

  #decayOf(variable: tf.Variable): number {
    return this.#decays(variable) ? this.weightDecay : 0;
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
