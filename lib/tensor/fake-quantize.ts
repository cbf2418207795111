import { tf } from './tf.ts';

/** The grid that values are rounded to: whole numbers low … high, of which `zeroPoint` stands for 0 and one step is worth `scale`. */
export interface Grid {
  /** One value, or one for each index of the last axis; not 0. */
  readonly scale: tf.Tensor;
  /** Of the scale's shape; rounded before it is used. */
  readonly zeroPoint: tf.Tensor;
  readonly low: number;
  readonly high: number;
  /** How gradients are estimated; default `lsq`. */
  readonly estimator?: 'lsq' | 'pact';
}

/**
 * y = s · (clip(round(x / s) + round(z), low, high) - round(z)); halves round to even, as TensorFlow and LiteRT do. With q inside the grid the
 * straight-through estimator takes rounding for the identity: ∂y/∂x = 1, ∂y/∂s = round(x / s) - x / s, ∂y/∂z = 0. Where q is clipped to a border b:
 * ∂y/∂x = 0, ∂y/∂s = b - z, ∂y/∂z = -s. Bengio et al. 2013; scale: Esser et al. 2020 (LSQ), equation 3; zero point: Bhalgat et al. 2020 (LSQ+).
 * With `pact` only clipping teaches the scale: rounding counts for the identity of s too. What lies from the smallest number of the grid to below its
 * largest is inside, where ∂y/∂s = 0; all else is as above. Choi et al. 2018 (PACT), equation 3. NaN stays NaN.
 */
export function fakeQuantize(x: tf.Tensor, { scale, zeroPoint, low, high, estimator = 'lsq' }: Grid): tf.Tensor {
  const rounded = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [value, s, z] = args as tf.Tensor[] as [tf.Tensor, tf.Tensor, tf.Tensor];
    const save = args[3] as tf.GradSaveFunc;
    const zero = tf.round(z);
    const y = tf.mul(s, tf.sub(tf.clipByValue(tf.add(tf.round(tf.div(value, s)), zero), low, high), zero));
    save([value, s, z]);
    return {
      value: y,
      gradFunc: (dy, saved) => slopes(dy as tf.Tensor, saved as [tf.Tensor, tf.Tensor, tf.Tensor], { low, high, estimator }),
    };
  });
  return rounded(x, scale, zeroPoint);
}

function slopes(
  dy: tf.Tensor,
  [x, s, z]: readonly [tf.Tensor, tf.Tensor, tf.Tensor],
  { low, high, estimator }: Required<Pick<Grid, 'low' | 'high' | 'estimator'>>,
): tf.Tensor[] {
  const zero = tf.round(z);
  const steps = tf.div(x, s);
  const q = tf.add(tf.round(steps), zero);
  const rounds = estimator === 'lsq';
  const inside = rounds
    ? tf.logicalAnd(tf.greaterEqual(q, low), tf.lessEqual(q, high))
    : tf.logicalAnd(tf.greaterEqual(x, tf.mul(s, tf.sub(low, zero))), tf.less(x, tf.mul(s, tf.sub(high, zero))));
  const border = tf.sub(tf.clipByValue(q, low, high), zero);
  const ofScale = tf.where(inside, rounds ? tf.sub(tf.round(steps), steps) : tf.zerosLike(steps), border);
  const ofZero = tf.where(inside, tf.zerosLike(x), tf.mul(tf.onesLike(x), tf.neg(s)));
  return [tf.where(inside, dy, tf.zerosLike(dy)), added(tf.mul(dy, ofScale), s), added(tf.mul(dy, ofZero), z)];
}

/** The gradient of a parameter that was stretched over the value: summed over all axes but the last, and over that too for a single one. */
function added(gradient: tf.Tensor, like: tf.Tensor): tf.Tensor {
  const leading = Array.from({ length: gradient.rank - 1 }, (_, axis) => axis);
  return (like.size === 1 ? tf.sum(gradient) : tf.sum(gradient, leading)).reshape(like.shape);
}
