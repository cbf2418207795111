import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { assertComparable, type PlacePair } from '../place.ts';
import { type Match, matchOf } from './match.ts';
import { unitLength, zerosOf } from './unit-length.ts';

/** How alike two channels are, x and y their maps as vectors of length 1. */
export type SelectivityKernel = 'linear' | 'polynomial' | 'gaussian';

/** How selectivity is matched. */
export interface SelectivityOptions {
  /** `linear` xᵀy, `polynomial` (xᵀy)², `gaussian` exp(-‖x - y‖² / 2σ²); default `polynomial`. */
  readonly kernel?: SelectivityKernel;
}

/**
 * Channels that look at the same places: mean over the batch of MMD² = mean k(t, t') + mean k(s, s') - 2 mean k(s, t) over pairs of channels, each channel's map a vector
 * of length 1 over the places. Channels may differ in number and order. σ² of the Gaussian is the mean of ‖x - y‖² over ordered pairs of two different channels of both
 * networks together, for each example, and the gradient flows through it. Neuron selectivity transfer, Huang and Wang 2017, equations 5-8, with d = 2 and c = 0.
 * It does not change when a channel is scaled by a number above 0, nor when channels change places.
 * @throws LabError `distill/kernel`, `distill/node`, `distill/shape` unless both are maps [h, w, c] of one height and width.
 * @example
 * const [student, teacher] = [vgg({ widths: [4] }), vgg({ widths: [8] })];
 * const match = distill.selectivity({ student: { model: student, node: 'relu-1' }, teacher: { model: teacher, node: 'relu-1' } });
 */
export function selectivity(pair: PlacePair, options: SelectivityOptions = {}): Match {
  const { kernel = 'polynomial' } = options;
  if (!Object.hasOwn(discrepancies, kernel))
    throw new LabError('distill/kernel', `There is no kernel ${kernel}.`, `There are: ${Object.keys(discrepancies).join(', ')}.`);
  assertComparable('selectivity', pair, {
    fits: (student, teacher) => student.length === 3 && teacher.length === 3 && student[0] === teacher[0] && student[1] === teacher[1],
    expected: 'Both are maps [h, w, c] of one height and width; channels may differ.',
  });
  return matchOf(pair, (student, teacher) => tf.mean(discrepancies[kernel](channels(student), channels(teacher))).asScalar());
}

/** Maps [n, h, w, c] as channels of length 1 [n, c, places]. */
function channels(maps: tf.Tensor): tf.Tensor3D {
  const [count, height, width, c] = maps.shape as [number, number, number, number];
  return tf.transpose(unitLength(maps.reshape([count, height * width, c]), 1), [0, 2, 1]) as tf.Tensor3D;
}

/** xᵀy of all pairs [n, c, c']. */
const products = (a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor => tf.matMul(a, b, false, true);

/** ‖x - y‖² of all pairs [n, c, c']. */
function squaredDistances(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor {
  const [own, other] = [tf.sum(tf.square(a), -1).expandDims(2), tf.sum(tf.square(b), -1).expandDims(1)];
  return tf.relu(tf.sub(tf.add(own, other), tf.mul(products(a, b), 2)));
}

/** MMD² of channels [n, c, places] and [n, c', places], for each example [n]. */
const discrepancies: Readonly<Record<SelectivityKernel, (s: tf.Tensor3D, t: tf.Tensor3D) => tf.Tensor>> = {
  // the distance of both means, without pairs
  linear: (s, t) => tf.sum(tf.squaredDifference(tf.mean(s, 1), tf.mean(t, 1)), -1),
  polynomial: (s, t) => discrepancy([products(s, s), products(t, t), products(s, t)].map(product => tf.square(product)) as Kernels),
  gaussian(s, t) {
    const distances = [squaredDistances(s, s), squaredDistances(t, t), squaredDistances(s, t)] as Kernels;
    const [own, other, cross] = distances.map(each => tf.sum(each, [1, 2], true)) as Kernels;
    const all = s.shape[1] + t.shape[1];
    const variance = tf.div(tf.addN([own, other, cross.mul(2)]), all * (all - 1));
    const scale = tf.mul(tf.add(variance, zerosOf(variance)), 2);
    return discrepancy(distances.map(each => tf.exp(tf.neg(tf.div(each, scale)))) as Kernels);
  },
};

type Kernels = [within: tf.Tensor, withinTeacher: tf.Tensor, across: tf.Tensor];

function discrepancy([within, withinTeacher, across]: Kernels): tf.Tensor {
  const mean = (x: tf.Tensor): tf.Tensor => tf.mean(x, [1, 2]);
  return tf.sub(tf.add(mean(within), mean(withinTeacher)), tf.mul(mean(across), 2));
}
