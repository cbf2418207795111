import type { Model } from '../model/model.ts';
import { LabError } from '../tensor/errors.ts';

/** Scores a candidate or the model made of it, higher is better: accuracy on validation data, usually. May be asynchronous. */
export type Evaluate<C = Model> = (candidate: C) => number | Promise<number>;

/**
 * What `evaluate` says of a model, checked: a search can't rank NaN.
 * @throws LabError `prune/score`.
 */
export async function scoreOf(model: Model, evaluate: Evaluate): Promise<number> {
  return checked(await evaluate(model), 'prune/score', model.name);
}

/**
 * What `evaluate` says of a candidate, checked.
 * @throws LabError `search/score`.
 */
export async function candidateScore<C>(candidate: C, evaluate: Evaluate<C>): Promise<number> {
  return checked(await evaluate(candidate), 'search/score', JSON.stringify(candidate));
}

function checked(score: number, code: string, of: string): number {
  if (Number.isFinite(score)) return score;
  throw new LabError(code, `evaluate gave ${String(score)} for ${of}; a score is a finite number.`, 'Such as an accuracy.');
}
