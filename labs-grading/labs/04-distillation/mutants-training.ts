import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

// Known mistakes in the gradient, with the teacher, and in what is compared.

const [gradient, frozen, budget] = [slipsIn('gradient'), slipsIn('frozen'), slipsIn('budget')];
const difference = '(ps[k]! - pt[k]!)';

export const trainingMutants: readonly KnownMistake[] = [
  gradient('T² for T', 'not α · T²', [`temperature * ${difference}`, `temperature ** 2 * ${difference}`]),
  gradient('no factor', 'too small by T', [`temperature * ${difference}`, difference]),
  gradient('no T²', 'T² is missing', [`temperature * ${difference}`, `${difference} / temperature`]),
  gradient('downhill', 'The sign is the other way round', ['return ((1 - alpha)', 'return -((1 - alpha)']),
  gradient('summed', 'The loss is a mean over images', ['/ labels.length', '/ 1']),
  gradient('α swapped', 'α has changed places', ['(1 - alpha) * hard + alpha * soft', 'alpha * hard + (1 - alpha) * soft']),
  gradient('no label', 'The 1 at the label is missing', ['p1[k]! - (k === labels[i] ? 1 : 0)', 'p1[k]!']),
  gradient('teacher at 1', 'The teacher’s probabilities are those at T', ['softmax(teacher[i]!, temperature)', 'softmax(teacher[i]!, 1)']),
  gradient('T² is indispensable', 'It also learns without T²', ["scaleAnswer = 'b'", "scaleAnswer = 'a'"]),
  frozen('training mode', 'Those are logits in training mode', [
    'return predict(model, images, { batchSize: 200 });',
    `const [x, out] = [tf.tensor(Float32Array.from(images.data), [...images.shape]), [] as number[]];
  const logits = tf.tidy(() => forward(model, x, { training: true }));
  out.push(...logits.dataSync());
  return array(logits.shape, out);`,
  ]),
  frozen('probabilities', 'Those are probabilities', [
    'return predict(model, images, { batchSize: 200 });',
    `const { shape, data } = predict(model, images);
  const classes = shape[1]!;
  const rows = Array.from({ length: shape[0]! }, (_, i) => softmax([...data.subarray(i * classes, (i + 1) * classes)], 1));
  return array(shape, rows.flat());`,
  ]),
  frozen('trained along', 'Nothing in it holds the teacher where it was', ["trainedAlong = 'c'", "trainedAlong = 'b'"]),
  budget('more steps', 'The steps differ', ['{ ...control, loss }', '{ ...control, steps: 2 * control.steps, loss }']),
  budget('more images', 'The images differ', ['{ ...control, loss }', '{ ...control, images: 10 * control.images, loss }']),
  budget('another seed', 'The seed differs', ['{ ...control, loss }', '{ ...control, seed: control.seed + 1, loss }']),
  budget('another rate', 'The learning rate differs', ['{ ...control, loss }', '{ ...control, rate: 2 * control.rate, loss }']),
  budget('deviation of one run', 'That is the standard deviation of one run', ['deviation / Math.sqrt(gains.length)', 'deviation']),
  budget('divides by n', 'divide the squares by n − 1', ['squares / (gains.length - 1)', 'squares / gains.length']),
  budget('one seed', 'That is one seed', ['mean: average, error: deviation / Math.sqrt(gains.length)', 'mean: gains[0]!, error: 0']),
  budget('validation images teach', 'they are no longer images that the student has never seen', [
    "transferAnswer = 'd'",
    "transferAnswer = 'a'",
  ]),
  budget('claims one seed', 'One run of each differs by that much', ["seedAnswer = 'a'", "seedAnswer = 'b'"]),
];
