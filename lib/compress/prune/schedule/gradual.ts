import type { Dataset } from '../../../data/dataset.ts';
import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { upload } from '../../../tensor/upload.ts';
import { type Examples, examplesOf } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import type { NamedTensors, TrainingHooks } from '../../../train/hooks.ts';
import { joinHooks } from '../../../train/join-hooks.ts';
import type { FitOptions } from '../../../train/options.ts';
import { snapshot } from '../../../train/snapshot.ts';
import { applyMasks, type Masks, masksOf } from '../masks.ts';
import { type CubicOptions, cubicSparsity } from './cubic.ts';
import { byMagnitude, type FineTuneOptions, type Pruner } from './one-shot.ts';

/** Fine-tuning, and when to prune on the way. */
export interface GradualOptions extends FineTuneOptions, CubicOptions {
  /** Updates between two prunings; default 10. */
  readonly every?: number;
}

/**
 * Gradual pruning: trains, and every few updates prunes to the sparsity of `cubicSparsity`; what is pruned stays 0. The other options are those
 * of `fit`, whose run must reach `end`. Zhu and Gupta 2017.
 * @throws LabError `prune/schedule` also for a run that ends before `end`, and as `pruneAndFineTune`; all before training.
 */
export async function pruneGradually(model: Model, data: Dataset | Examples, options: GradualOptions): Promise<Model> {
  const { initial = 0, sparsity, begin = 0, end, every = 10, prune = byMagnitude, ...training } = options;
  const schedule = cubicSparsity({ initial, sparsity, begin, end });
  assertReached(end, examplesOf(data), training);
  const masks = new GrowingMasks(prune(model, initial), prune);
  const due = (step: number): boolean => step >= begin && step <= end && (step === end || (step - begin) % every === 0);
  const growing: TrainingHooks = {
    gradients: gradients => masks.over(gradients),
    afterStep(variables, event) {
      if (due(event.step)) masks.grow(variables, schedule(event.step));
      for (const [name, value] of Object.entries(masks.over(variables))) if (masks.has(name)) variables[name]?.assign(value);
    },
  };
  try {
    const trained = await fit(model, data, { ...training, hooks: joinHooks(training.hooks, growing) });
    // a run that stopped early may have missed the last of the schedule
    return prune(applyMasks(trained, masks.masks), sparsity);
  } finally {
    masks.dispose();
  }
}

/** Masks that grow along a training run, as tensors. */
class GrowingMasks {
  readonly #prune: Pruner;
  #model: Model;
  #tensors: NamedTensors = {};

  constructor(model: Model, prune: Pruner) {
    this.#prune = prune;
    this.#model = model;
  }

  get masks(): Masks {
    return masksOf(this.#model);
  }

  has(name: string): boolean {
    return name in this.#tensors;
  }

  /** These values, 0 where a mask is; frozen parameters have masks, but no gradients. */
  over(values: NamedTensors): NamedTensors {
    const masked = Object.entries(this.#tensors)
      .filter(([name]) => name in values)
      .map(([name, mask]) => [name, tf.mul(values[name] as tf.Tensor, mask)]);
    return { ...values, ...Object.fromEntries(masked) };
  }

  /** Prunes the present values to this sparsity. */
  grow(variables: NamedTensors, sparsity: number): void {
    this.#model = this.#prune(snapshot(this.#model, variables), sparsity);
    this.dispose();
    const tensors = Object.entries(this.masks).map(([name, mask]) => [name, tf.keep(upload(mask).toFloat())]);
    this.#tensors = Object.fromEntries(tensors);
  }

  dispose(): void {
    tf.dispose(Object.values(this.#tensors));
    this.#tensors = {};
  }
}

function assertReached(end: number, { inputs }: Examples, { steps, epochs, batchSize = 64 }: FitOptions): void {
  const perEpoch = Math.ceil((inputs.shape[0] as number) / batchSize);
  const passes = (epochs ?? (steps === undefined ? 1 : Number.POSITIVE_INFINITY)) * perEpoch;
  const updates = Math.min(steps ?? Number.POSITIVE_INFINITY, passes);
  if (end <= updates) return;
  throw new LabError('prune/schedule', `Training takes ${updates} updates; pruning ends at ${end}.`, 'Train longer, or end sooner.');
}
