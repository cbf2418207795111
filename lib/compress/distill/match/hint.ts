import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { normal, random } from '../../../tensor/random.ts';
import { sizeOf } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import { assertComparable, foundPair, type PlacePair } from '../place.ts';
import { type Match, matchOf } from './match.ts';

/** How a hint is matched. */
export interface HintOptions {
  /**
   * Whether a regressor stands between: a linear map of the student's channels to the teacher's (a 1×1 convolution with bias on maps), trained beside the student.
   * Default: where the channels differ. Without one, they must be as many.
   */
  readonly regressor?: boolean;
  /** Where the regressor's first values come from; default 0. */
  readonly seed?: number;
  /** Receives the regressor's kernel [student channels, teacher channels] and bias at the end. */
  readonly onRegressor?: (regressor: { readonly kernel: NDArray; readonly bias: NDArray }) => void;
}

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
  assertComparable('hint', pair, {
    fits: (student, teacher) =>
      student.length === teacher.length && student.length > 0 && student.slice(0, -1).every((size, axis) => size === teacher[axis]),
    expected: 'Both are maps [h, w, c] of one height and width, or vectors [c]; channels may differ.',
  });
  const { student, teacher } = foundPair(pair);
  const [from, to] = [student.shape.at(-1), teacher.shape.at(-1)] as [number, number];
  const { regressor = from !== to, seed = 0, onRegressor } = options;
  if (!regressor && from !== to)
    throw new LabError(
      'distill/regressor',
      `hint: ${from} channels of the student and ${to} of the teacher need a regressor.`,
      'Leave regressor out.',
    );
  if (!regressor) return matchOf(pair, (s, t) => tf.squaredDifference(s, t).mean().asScalar());
  const names = { kernel: `hint.${student.id}.${teacher.id}.kernel`, bias: `hint.${student.id}.${teacher.id}.bias` };
  const kernel = normal(random(seed).split(names.kernel), [from, to], { deviation: Math.sqrt(1 / from) });
  return matchOf(
    pair,
    (s, t, { own }) => {
      const places = s.reshape([-1, from]);
      const regressed = tf.add(tf.matMul(places as tf.Tensor2D, own[names.kernel] as tf.Tensor2D), own[names.bias] as tf.Tensor);
      return tf
        .squaredDifference(regressed, t.reshape([-1, to]))
        .mean()
        .asScalar();
    },
    {
      owns: { [names.kernel]: { value: kernel }, [names.bias]: { value: array([to], new Float32Array(to)) } },
      afterTraining: owned => onRegressor?.({ kernel: owned[names.kernel] as NDArray, bias: owned[names.bias] as NDArray }),
    },
  );
}
