import { assertSparsity } from '../../../model/sparsity.ts';
import { LabError } from '../../../tensor/errors.ts';

/** How far and when sparsity rises. */
export interface CubicOptions {
  /** Sparsity until `begin`; default 0. */
  readonly initial?: number;
  /** Sparsity from `end` on. */
  readonly sparsity: number;
  /** The last update before sparsity rises, counted from 1; default 0. */
  readonly begin?: number;
  /** The update at which `sparsity` is reached. */
  readonly end: number;
}

/**
 * Sparsity after `step` updates: s_t = s_f + (s_i - s_f) (1 - (t - begin) / (end - begin))³, fast at first, when much is redundant, and slowly
 * at the end. Zhu and Gupta 2017, equation 1.
 * @throws LabError `prune/sparsity`, `prune/schedule` unless initial ≤ sparsity and begin < end.
 * @example
 * cubicSparsity({ sparsity: 0.8, end: 100 })(50); // → 0.8 - 0.8 * 0.5 ** 3
 */
export function cubicSparsity(options: CubicOptions): (step: number) => number {
  const { initial = 0, sparsity, begin = 0, end } = options;
  for (const share of [initial, sparsity]) assertSparsity('cubicSparsity', share);
  if (!(initial <= sparsity && begin >= 0 && begin < end))
    throw new LabError(
      'prune/schedule',
      `Sparsity rises from ${initial} to ${sparsity} between updates ${begin} and ${end}: both must rise.`,
      'For example { sparsity: 0.9, begin: 0, end: 300 }.',
    );
  return step => {
    const left = 1 - Math.min(1, Math.max(0, (step - begin) / (end - begin)));
    return sparsity - (sparsity - initial) * left ** 3;
  };
}
