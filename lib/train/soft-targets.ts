import { LabError } from '../tensor/errors.ts';
import { tf } from '../tensor/tf.ts';
import type { Loss } from './losses.ts';
import { weighted } from './weighted.ts';

/**
 * Which way a divergence looks. `forward`: KL(teacher ‖ student), which asks the student to cover whatever the teacher holds possible; `reverse`:
 * KL(student ‖ teacher); `symmetric`: the mean of both, half of Jeffreys' divergence.
 */
export type Direction = 'forward' | 'reverse' | 'symmetric';

/** How softened distributions are compared. */
export interface SoftTargetOptions {
  /** T > 0, by which both sides' logits are divided; default 4. */
  readonly temperature?: number;
  /** Default `forward`. */
  readonly direction?: Direction;
  /** Whether the divergence is multiplied by T², which keeps its gradient about as large at every temperature; default true. */
  readonly scaled?: boolean;
}

/**
 * The divergence of two softened distributions, mean over the batch: T²/n Σᵢ KL(p_t ‖ p_s), p = softmax(z / T), for logits [n, classes] of a student
 * and of a teacher. Gradients flow to both; hand over constants where none should. Adding a constant to a row's logits changes nothing; where both
 * are equal, value and gradient are 0. A logit of -Infinity rules its class out (0 log 0 = 0); a class that only the other side rules out makes it Infinity.
 * Hinton, Vinyals and Dean 2015, §2; the gradient for the student's logits is T (p_s - p_t) / n.
 * @throws LabError `train/loss` for logits that are not both [n, classes] or have one class, `train/temperature` for T that is no finite number above 0,
 * `train/direction`.
 * @example
 * const value = tf.tidy(() => softDivergence(tf.tensor2d([[0, 0]]), tf.tensor2d([[1, 0]]), { temperature: 1 }).arraySync());
 * value.toFixed(4); // → '0.1109'
 */
export function softDivergence(student: tf.Tensor, teacher: tf.Tensor, options: SoftTargetOptions = {}): tf.Scalar {
  const { temperature, direction, scaled } = softTargetOptions(options);
  assertLogits(student, teacher);
  return tf.tidy(() => {
    const logS = tf.logSoftmax(tf.div(student, temperature));
    const logT = tf.logSoftmax(tf.div(teacher, temperature));
    const forward = (): tf.Tensor => divergence(logT, logS);
    const reverse = (): tf.Tensor => divergence(logS, logT);
    const sum = direction === 'forward' ? forward() : direction === 'reverse' ? reverse() : tf.mul(tf.add(forward(), reverse()), 0.5);
    return tf.mul(sum, (scaled ? temperature ** 2 : 1) / (student.shape[0] as number)).asScalar();
  });
}

/**
 * The loss of learning from a teacher's logits: targets are logits float32 [n, classes], such as `predict(teacher, images)`, and the loss is
 * `softDivergence(outputs, targets)`.
 * @throws LabError `train/temperature` and `train/direction` at once, `train/loss` for outputs or targets of another shape.
 * @example
 * const [teacher, student] = [mlp({ hidden: [32] }), mlp({ hidden: [8], seed: 1 })];
 * const { images } = strokeGlyphs({ count: 64, seed: 1 });
 * const taught = await fit(student, { inputs: images, targets: predict(teacher, images) }, { loss: softTargets({ temperature: 2 }) });
 */
export function softTargets(options: SoftTargetOptions = {}): Loss {
  const checked = softTargetOptions(options);
  return (outputs, targets) => softDivergence(outputs, targets.toFloat(), checked);
}

/** Σ p (log p - log q) over all rows. */
function divergence(logP: tf.Tensor, logQ: tf.Tensor): tf.Tensor {
  const p = tf.exp(logP);
  return tf.sub(weighted(p, logP).sum(), weighted(p, logQ).sum());
}

/**
 * The options with their defaults.
 * @throws LabError `train/temperature`, `train/direction`.
 */
export function softTargetOptions({
  temperature = 4,
  direction = 'forward',
  scaled = true,
}: SoftTargetOptions): Required<SoftTargetOptions> {
  if (!(Number.isFinite(temperature) && temperature > 0))
    throw new LabError('train/temperature', `A temperature is a finite number above 0; got ${temperature}.`, 'Usual is 1 to 8.');
  if (direction !== 'forward' && direction !== 'reverse' && direction !== 'symmetric')
    throw new LabError(
      'train/direction',
      `A direction is 'forward', 'reverse' or 'symmetric'; got ${String(direction)}.`,
      'Leave it out for forward: KL(teacher ‖ student).',
    );
  return { temperature, direction, scaled };
}

function assertLogits({ shape, rank }: tf.Tensor, teacher: tf.Tensor): void {
  if (
    rank === 2 &&
    teacher.rank === 2 &&
    shape[0] === teacher.shape[0] &&
    shape[1] === teacher.shape[1] &&
    (shape[0] as number) > 0 &&
    (shape[1] as number) > 1
  )
    return;
  throw new LabError(
    'train/loss',
    `Logits of the student [${shape.join(', ')}] and of the teacher [${teacher.shape.join(', ')}] do not go together.`,
    'Both are [n, classes] for the same n ≥ 1 examples and the same 2 classes or more.',
  );
}
