import type { Model } from '../../../model/model.ts';
import type { NDArray } from '../../../tensor/array.ts';

/**
 * How important each weight is: the higher the score, the more is lost without it. Scores are float32, of the weight's shape and comparable
 * across the weights asked for, so that one threshold can serve the whole network.
 */
export interface Criterion {
  /** What messages call it. */
  readonly name: string;
  /** p of the norm that makes one score of a group's: (Σ s^p)^(1/p); default 1, the sum. */
  readonly order?: number;
  /** Scores by name, for these parameters of the model. */
  scores(model: Model, names: readonly string[]): Readonly<Record<string, NDArray>>;
}
