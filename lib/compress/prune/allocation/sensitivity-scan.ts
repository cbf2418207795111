import type { Model } from '../../../model/model.ts';
import { assertSparsity } from '../../../model/sparsity.ts';
import { weightNames } from '../../../model/weights.ts';
import { type Evaluate, scoreOf } from '../../../search/objective.ts';
import { turns } from '../../../train/turn.ts';
import type { Granularity } from '../granularity/granularity.ts';
import type { Criterion } from '../importance/criterion.ts';
import { pruneMagnitude } from '../magnitude.ts';
import { assertWeights } from '../weights.ts';

/** One measurement: the score of the model with one parameter pruned to this sparsity. */
export interface SensitivityPoint {
  /** Name of the pruned parameter. */
  readonly parameter: string;
  /** Its share of zeros, 0–1. */
  readonly sparsity: number;
  /** What `evaluate` gave. */
  readonly score: number;
}

/** What is pruned alone, how far, and how the rest is scored. */
export interface SensitivityOptions {
  /** Sparsities to try, 0–1; default 0.4, 0.5 … 0.9. */
  readonly sparsities?: readonly number[];
  /** Scores a pruned model, higher is better. */
  readonly evaluate: Evaluate;
  /** Names of the parameters to scan; default: all weights. */
  readonly parameters?: readonly string[];
  /** Default: single weights. */
  readonly granularity?: Granularity;
  /** Default: magnitude. */
  readonly criterion?: Criterion;
  /** Stops the scan at the next point; default: the interrupt button, in a notebook. */
  readonly signal?: AbortSignal;
  /** Called with each point as it is measured. */
  readonly onPoint?: (point: SensitivityPoint, progress: { readonly done: number; readonly total: number }) => void;
}

/**
 * How much each layer can lose: prunes one parameter at a time to each sparsity, without training, and scores the result. The points come
 * parameter by parameter, in order of sparsity given. The model is a value, so nothing needs to be restored. Li et al. 2017.
 * @throws LabError `prune/sparsity`, `prune/parameter`, `prune/finite` before anything is measured, `prune/score`,
 * `train/interrupted` on abort.
 */
export async function sensitivityScan(model: Model, options: SensitivityOptions): Promise<readonly SensitivityPoint[]> {
  const {
    sparsities = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    evaluate,
    parameters = weightNames(model),
    granularity,
    criterion,
    onPoint,
  } = options;
  for (const sparsity of sparsities) assertSparsity('sensitivityScan', sparsity);
  assertWeights(model, parameters);
  const turn = turns(options.signal);
  const points: SensitivityPoint[] = [];
  for (const parameter of parameters) {
    for (const sparsity of sparsities) {
      await turn();
      const pruned = pruneMagnitude(model, { sparsity, parameters: [parameter], granularity, criterion });
      const point = Object.freeze({ parameter, sparsity, score: await scoreOf(pruned, evaluate) });
      points.push(point);
      onPoint?.(point, { done: points.length, total: parameters.length * sparsities.length });
    }
  }
  return points;
}
