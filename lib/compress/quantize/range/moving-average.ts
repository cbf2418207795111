import { LabError } from '../../../tensor/errors.ts';
import { assertBetween } from './clip.ts';
import type { RangeMethod } from './range.ts';

/** How fast the ends follow the batches. */
export interface MovingAverageOptions {
  /** Weight of what came before, 0–1; default 0.99. */
  readonly momentum?: number;
  /** Batches at the beginning that do not count, when values still change much (in training); default 0. */
  readonly delay?: number;
}

/**
 * The ends follow the extremes of each batch: r̂ = momentum · r̂ + (1 - momentum) · r, and begin with those of the first that counts. Values that do
 * not come in batches give their extremes. Jacob et al. 2018, section 3.1.
 * @throws LabError `quantize/range` for a momentum outside 0–1, `quantize/delay` where no batch is left.
 */
export function movingAverage({ momentum = 0.99, delay = 0 }: MovingAverageOptions = {}): RangeMethod {
  assertBetween(momentum, [0, 1], 'The momentum of a moving average');
  return Object.freeze({
    name: 'moving-average',
    needs: 'extremes',
    interval({ min, max, batches = [{ low: min, high: max }] }) {
      const counted = batches.slice(delay);
      const [first, ...rest] = counted;
      if (!(first && Number.isInteger(delay) && delay >= 0))
        throw new LabError(
          'quantize/delay',
          `A moving average that begins after ${delay} batches needs more than that; got ${batches.length}.`,
          'Give more data, or a shorter delay.',
        );
      const { low, high } = rest.reduce(
        (mean, next) => ({
          low: momentum * mean.low + (1 - momentum) * next.low,
          high: momentum * mean.high + (1 - momentum) * next.high,
        }),
        first,
      );
      return { low: Math.min(0, low), high: Math.max(0, high) };
    },
  } satisfies RangeMethod);
}
