import type { Dataset } from '../../../data/dataset.ts';
import type { Model } from '../../../model/model.ts';
import { weightValue } from '../../../model/weights.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { upload } from '../../../tensor/upload.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import type { NamedTensors, TrainingHooks } from '../../../train/hooks.ts';
import { joinHooks } from '../../../train/join-hooks.ts';
import { snapshot } from '../../../train/snapshot.ts';
import { masksOf } from '../masks.ts';
import { byMagnitude, type FineTuneOptions } from './one-shot.ts';

/** Fine-tuning, and how ADMM pulls weights towards sparse ones. */
export interface AdmmOptions extends FineTuneOptions {
  /** ρ, how hard W is pulled towards Z; default 0.01. */
  readonly rho?: number;
  /** Called with each update of Z and U. */
  readonly onUpdate?: (update: AdmmUpdate) => void;
}

/** How far ADMM has come. */
export interface AdmmUpdate {
  /** Counted from 1. */
  readonly epoch: number;
  /** ‖W - Z‖, over all weights that are pruned. */
  readonly primalResidual: number;
  /** ρ ‖Z - Z before‖. */
  readonly dualResidual: number;
  /** The model with Z for its weights: of the sparsity asked for. */
  readonly feasible: Model;
}

/**
 * ADMM pruning: minimises L(W) under ‖W‖₀ ≤ k by turns. W: training on L + ρ/2 ‖W - Z + U‖², for an epoch. Z: W + U, pruned. U: U + W - Z. At
 * the end W, close to Z by then, is pruned for good; fine-tune it with `fit`. The options of `fit` hold for all epochs. Zhang et al. 2018,
 * equations 5 to 8.
 * @throws LabError `prune/rho`, and as `pruneAndFineTune`, before training.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const sparse = await pruneWithAdmm(mlp({ hidden: [16] }), data, { sparsity: 0.75, epochs: 2 });
 * sparsity(sparse); // → 0.75
 */
export async function pruneWithAdmm(model: Model, data: Dataset | Examples, options: AdmmOptions): Promise<Model> {
  const { sparsity, prune = byMagnitude, rho = 0.01, onUpdate, ...training } = options;
  if (!(rho > 0 && Number.isFinite(rho)))
    throw new LabError('prune/rho', `The penalty's ρ is a number above 0; got ${rho}.`, '0.001 to 0.1 are usual.');
  const split = new Splitting(model, m => prune(m, sparsity));
  const pulling: TrainingHooks = {
    gradients: (gradients, parameters) => split.pull(gradients, { parameters, rho }),
    afterEpoch(variables, event) {
      const { primal, dual, feasible } = split.update(variables);
      onUpdate?.({ epoch: event.epoch, primalResidual: primal, dualResidual: rho * dual, feasible });
    },
  };
  try {
    return prune(await fit(model, data, { ...training, hooks: joinHooks(training.hooks, pulling) }), sparsity);
  } finally {
    split.dispose();
  }
}

/** Z and U of the weights that pruning touches. */
class Splitting {
  readonly #model: Model;
  readonly #project: (model: Model) => Model;
  readonly #names: readonly string[];
  #z: NamedTensors;
  #u: NamedTensors;

  constructor(model: Model, project: (model: Model) => Model) {
    const feasible = project(model);
    this.#model = model;
    this.#project = project;
    this.#names = Object.keys(masksOf(feasible)).filter(name => model.parameters[name]?.trainable);
    this.#z = this.#each(name => upload(weightValue(feasible, name)));
    this.#u = this.#each(name => tf.zerosLike(this.#z[name] as tf.Tensor));
  }

  #each(of: (name: string) => tf.Tensor): NamedTensors {
    return Object.fromEntries(this.#names.map(name => [name, tf.keep(tf.tidy(() => of(name)))]));
  }

  /** The gradients with ρ (W - Z + U) added. */
  pull(gradients: NamedTensors, { parameters, rho }: { parameters: NamedTensors; rho: number }): NamedTensors {
    const pulled = this.#names.map(name => {
      const apart = tf.add(tf.sub(parameters[name] as tf.Tensor, this.#z[name] as tf.Tensor), this.#u[name] as tf.Tensor);
      return [name, tf.add(gradients[name] as tf.Tensor, tf.mul(apart, rho))];
    });
    return { ...gradients, ...Object.fromEntries(pulled) };
  }

  /** Z ← W + U pruned, U ← U + W - Z; and how far W is from Z, and Z from what it was. */
  update(variables: NamedTensors): { primal: number; dual: number; feasible: Model } {
    const sum = Object.fromEntries(this.#names.map(name => [name, tf.add(variables[name] as tf.Tensor, this.#u[name] as tf.Tensor)]));
    const feasible = this.#project(snapshot(this.#model, { ...variables, ...sum }));
    const [before, oldU] = [this.#z, this.#u];
    this.#z = this.#each(name => upload(weightValue(feasible, name)));
    this.#u = this.#each(name => tf.sub(sum[name] as tf.Tensor, this.#z[name] as tf.Tensor));
    const residuals = { primal: distance(variables, this.#z), dual: distance(before, this.#z) };
    tf.dispose([...Object.values(before), ...Object.values(oldU)]);
    return { ...residuals, feasible };
  }

  dispose(): void {
    tf.dispose([...Object.values(this.#z), ...Object.values(this.#u)]);
  }
}

/** √ Σ ‖a - b‖² over the names of b. */
function distance(a: NamedTensors, b: NamedTensors): number {
  const squares = Object.keys(b).map(name =>
    tf.tidy(() => tf.sum(tf.squaredDifference(a[name] as tf.Tensor, b[name] as tf.Tensor)).dataSync()[0] as number),
  );
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}
