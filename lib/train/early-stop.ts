import { LabError } from '../tensor/errors.ts';

/** Ends a run after `patience` epochs in a row without a validation loss lower than the best by more than `minimumChange`. */
export interface EarlyStop {
  readonly patience: number;
  readonly minimumChange?: number;
}

/** Follows the validation loss. `better` is true right after an epoch that set a new best. */
export interface Watch {
  readonly better: boolean;
  readonly stop: boolean;
  see(loss: number): void;
}

/**
 * @throws LabError `train/early-stop` for a patience that is no positive whole number.
 */
export function watch({ patience, minimumChange = 0 }: EarlyStop): Watch {
  if (!Number.isInteger(patience) || patience < 1) {
    throw new LabError('train/early-stop', `patience is a positive whole number of epochs; got ${patience}.`, 'Usual is 2 to 10.');
  }
  let best = Number.POSITIVE_INFINITY;
  let waited = 0;
  return {
    get better() {
      return waited === 0;
    },
    get stop() {
      return waited >= patience;
    },
    see(loss) {
      const better = loss < best - minimumChange;
      if (better) best = loss;
      waited = better ? 0 : waited + 1;
    },
  };
}
