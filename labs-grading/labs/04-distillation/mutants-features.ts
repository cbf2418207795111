import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

// Known mistakes in hints, attention and relations.

const [hint, attention, relations] = [slipsIn('hint'), slipsIn('attention'), slipsIn('relations')];
const compared = 'tf.mean(tf.squaredDifference(shown, tf.reshape(teacher, [-1, theirs])))';
const distance = 'Math.hypot(...points[i]!.map((v, k) => v - points[j]![k]!))';
const huber = 'off <= 1 ? 0.5 * off * off : off - 0.5';
const energy = 'tf.sum(tf.square(map), 2)';
const normalised = 'tf.div(energy, tf.norm(energy))';

export const featureMutants: readonly KnownMistake[] = [
  hint(
    'no regressor',
    'The regressor is left out',
    [
      'const shown = tf.add(tf.matMul(places, between.kernel), between.bias);',
      'const few = Math.min(channels, theirs);\n  const shown = tf.slice(places, [0, 0], [-1, few]);',
    ],
    ['tf.reshape(teacher, [-1, theirs])', 'tf.slice(tf.reshape(teacher, [-1, theirs]), [0, 0], [-1, few])'],
  ),
  hint('no bias', 'The bias of the regressor is missing', [
    'tf.add(tf.matMul(places, between.kernel), between.bias)',
    'tf.matMul(places, between.kernel)',
  ]),
  hint('summed', 'That is the sum. Take the mean', [compared, compared.replace('tf.mean', 'tf.sum')]),
  hint('half of the sum', 'half of the sum', [compared, `tf.div(${compared.replace('tf.mean', 'tf.sum')}, 2)`]),
  hint('mean over images', 'a mean over the images only', [compared, `tf.div(${compared.replace('tf.mean', 'tf.sum')}, student.shape[0])`]),
  hint('absolute', 'Square them', [compared, 'tf.mean(tf.abs(tf.sub(shown, tf.reshape(teacher, [-1, theirs]))))']),
  hint('the teacher would learn', 'The teacher is frozen', ["whyRegressor = 'b'", "whyRegressor = 'c'"]),
  attention('not normalised', 'Not normalised', [normalised, 'energy']),
  attention('signed', 'A signed sum', [energy, 'tf.sum(map, 2)']),
  attention('absolute', 'Square the activations', [energy, 'tf.sum(tf.abs(map), 2)']),
  attention('channels kept', 'The channels are still there', [energy, 'tf.square(map)']),
  attention('divided by the sum', 'You divided by the sum', ['tf.norm(energy)', 'tf.sum(energy)']),
  attention('divided by the largest', 'You divided by the largest place', ['tf.norm(energy)', 'tf.max(energy)']),
  attention('summed', 'That is the sum over places', ['tf.mean(tf.squaredDifference(attention', 'tf.sum(tf.squaredDifference(attention']),
  relations('no mean distance', 'The mean distance is missing', ['far.map(d => d / average)', 'far']),
  relations('squared distances', 'The root is missing', [distance, `${distance} ** 2`]),
  relations('each with itself', 'no pair with itself', ['/ far.length;\n  return far', '/ (points.length ** 2 / 2);\n  return far']),
  relations('square for Huber', 'Beyond 1 Huber goes on straight', [huber, '0.5 * off * off']),
  relations('absolute for Huber', 'Up to 1 Huber is', [huber, 'off']),
  relations('pieces that do not meet', 'both pieces meet', [huber, 'off <= 1 ? 0.5 * off * off : off']),
  relations('summed', 'That is the sum over pairs', [
    'losses.reduce((s, l) => s + l, 0) / losses.length',
    'losses.reduce((s, l) => s + l, 0)',
  ]),
  relations('no absolute value', 'A difference may be below -1', ['Math.abs(d - theirs[i]!)', 'd - theirs[i]!']),
];
