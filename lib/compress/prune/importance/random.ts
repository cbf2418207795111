import { weightValue } from '../../../model/weights.ts';
import { random, uniform } from '../../../tensor/random.ts';
import type { Criterion } from './criterion.ts';

/** Uniform scores in [0, 1), a stream for each name: the control that every criterion has to beat. Groups: the sum. */
export function randomScores(options: { readonly seed: number }): Criterion {
  return Object.freeze({
    name: 'random',
    scores(model, names) {
      const rng = random(options.seed);
      return Object.fromEntries(names.map(name => [name, uniform(rng.split(name), weightValue(model, name).shape)]));
    },
  } satisfies Criterion);
}
