import { tf } from '../../../tensor/tf.ts';
import type { PlacePair } from '../place.ts';
import { type Match, matchOf } from './match.ts';
import { type RegressorOptions, regressorOf } from './regressor.ts';

/** How a hint is matched. */
export type HintOptions = RegressorOptions;

/**
 * Hidden values alike: mean over batch, places and channels of (u_t - r(v_s))², r a linear regressor of channels. FitNets' hint (Romero et al. 2015, equation 3), as a
 * mean in place of its ½ sum, so that its weight does not depend on the layer's size.
 * @throws LabError `distill/node`, `distill/shape` unless both are maps [h, w, c] of the same height and width, or vectors [c]; `distill/regressor` when the
 * channels differ and there is none.
 * @example
 * const [student, teacher] = [vgg({ widths: [4] }), vgg({ widths: [8] })];
 * const match = distill.hint({ student: { model: student, node: 'relu-1' }, teacher: { model: teacher, node: 'relu-1' } });
 */
export function hint(pair: PlacePair, options: HintOptions = {}): Match {
  const { owner, regressed } = regressorOf('hint', pair, options);
  return matchOf(pair, (s, t, { own }) => tf.squaredDifference(regressed(s, own), t).mean().asScalar(), owner);
}
