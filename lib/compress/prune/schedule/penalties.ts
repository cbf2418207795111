import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { tileIndices } from '../../../tensor/tiles.ts';
import type { TrainingHooks } from '../../../train/hooks.ts';
import { channel } from '../granularity/channel.ts';
import type { Granularity } from '../granularity/granularity.ts';

/** How strong a penalty is, and on what. */
export interface PenaltyOptions {
  /** λ. */
  readonly strength: number;
  /** Names of the parameters; default: all trained ones with two axes or more (kernels). */
  readonly parameters?: readonly string[];
}

/**
 * Training with L + λ Σ |w|, by its subgradient λ · sign(w): weights that the loss does not hold end within a step of 0, and a small threshold
 * takes them. Han et al. 2015, §3.1.
 * @throws LabError `prune/strength` for a λ below 0.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const model = await fit(mlp({ hidden: [16] }), data, { hooks: l1Penalty({ strength: 1e-3 }) });
 */
export function l1Penalty(options: PenaltyOptions): TrainingHooks {
  return penalty(options, weight => tf.sign(weight));
}

/**
 * Training with L + λ Σ w², by its gradient 2λ · w: all weights shrink by a share, so none gets to 0. Han et al. 2015, §3.1.
 * @throws LabError `prune/strength` for a λ below 0.
 */
export function l2Penalty(options: PenaltyOptions): TrainingHooks {
  return penalty(options, weight => tf.mul(weight, 2));
}

/**
 * Training with L + λ Σ_g √|g| · ‖w_g‖₂ (group lasso), by its gradient λ √|g| · w / ‖w_g‖: groups go to 0 as a whole. Groups are those of a
 * granularity, by default the output channels. Yuan and Lin 2006; Wen et al. 2016.
 * @throws LabError `prune/strength` for a λ below 0, `prune/groups` for a granularity that is not made of groups (N:M, patterns).
 */
export function groupLasso(options: PenaltyOptions & { readonly granularity?: Granularity }): TrainingHooks {
  const { granularity = channel(-1) } = options;
  const { tile } = granularity;
  if (!tile) throw new LabError('prune/groups', `${granularity.name} is not made of groups.`, 'Use channel, kernel, vector or block.');
  return penalty(options, weight => {
    const { count, of } = tileIndices(weight.shape, tile(weight.shape));
    const places = tf.tensor1d(of, 'int32');
    const sums = tf.unsortedSegmentSum(tf.square(weight).flatten(), places, count);
    const sizes = tf.unsortedSegmentSum(tf.onesLike(places).toFloat(), places, count);
    // at ‖w_g‖ = 0 the subgradient 0 is taken
    const factors = tf.divNoNan(tf.sqrt(sizes), tf.sqrt(sums));
    return tf.mul(weight, tf.gather(factors, places).reshape(weight.shape));
  });
}

/** Hooks that add λ times this term of each weight to its gradient. */
function penalty({ strength, parameters }: PenaltyOptions, term: (weight: tf.Tensor) => tf.Tensor): TrainingHooks {
  if (!(strength >= 0 && Number.isFinite(strength)))
    throw new LabError('prune/strength', `The strength of a penalty is a number from 0; got ${strength}.`, 'Usual is 1e-4.');
  return {
    gradients(gradients, values) {
      const names = parameters ?? Object.keys(gradients).filter(name => (values[name] as tf.Tensor).rank >= 2);
      const pulled = names
        .filter(name => gradients[name])
        .map(name => [name, tf.add(gradients[name] as tf.Tensor, tf.mul(term(values[name] as tf.Tensor), strength))]);
      return { ...gradients, ...Object.fromEntries(pulled) };
    },
  };
}
