import type { Interval } from '../interval.ts';
import { assertBetween } from './clip.ts';
import { quantizationError } from './error.ts';
import { minMax } from './min-max.ts';
import type { RangeMethod } from './range.ts';

/** How fine the search is. */
export interface MseOptions {
  /** Shares of the whole interval that are tried, 1 / steps, 2 / steps … 1; default 100. */
  readonly steps?: number;
}

/**
 * The share of the whole interval, of k / steps, on whose grid the mean squared error is least: exact over values, in bins for activations; of
 * equals the largest. Both ends shrink alike. Costs `steps` passes over the values. Sung et al. 2015; Choukroun et al. 2019.
 * @throws LabError `quantize/range` for less than one step.
 */
export function mse({ steps = 100 }: MseOptions = {}): RangeMethod {
  assertBetween(steps, [1, 1e6], 'The number of steps');
  return Object.freeze({
    name: 'mse',
    interval(statistics, format) {
      const whole = minMax().interval(statistics, format);
      let [best, least]: [Interval, number] = [whole, Number.POSITIVE_INFINITY];
      for (let k = Math.floor(steps); k >= 1; k--) {
        const interval = { low: (whole.low * k) / steps, high: (whole.high * k) / steps };
        const { total } = quantizationError(statistics, interval, format);
        if (total < least) [best, least] = [interval, total];
      }
      return best;
    },
  } satisfies RangeMethod);
}
