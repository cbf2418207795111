import type { Model } from '../model/model.ts';
import { LabError } from '../tensor/errors.ts';

/** Scores a model, higher is better: accuracy on validation data, usually. May be asynchronous. */
export type Evaluate = (model: Model) => number | Promise<number>;

/**
 * What `evaluate` says, checked: a search can't rank NaN.
 * @throws LabError `prune/score`.
 */
export async function scoreOf(model: Model, evaluate: Evaluate): Promise<number> {
  const score = await evaluate(model);
  if (Number.isFinite(score)) return score;
  throw new LabError(
    'prune/score',
    `evaluate gave ${String(score)} for ${model.name}; a score is a finite number.`,
    'Such as an accuracy.',
  );
}
