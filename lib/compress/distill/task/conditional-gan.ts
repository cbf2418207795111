import { LabError } from '../../../tensor/errors.ts';
import { sameShape } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import { type Loss, lossWith } from '../../../train/losses.ts';
import { ownersTogether } from '../../../train/owned.ts';
import type { Match } from '../match/match.ts';
import { looksAt, matched } from '../match/matched.ts';
import type { Teacher } from '../teacher.ts';
import type { Adversary } from './adversary.ts';

/** How a generator of images is taught by a larger one. */
export interface ConditionalGanOptions {
  /** The larger generator. */
  readonly teacher: Teacher;
  /** Judges pairs: its input is the image that was given and the one that was made, channel beside channel. */
  readonly judge: Adversary;
  /** Whether the targets are the images that should be made; otherwise the teacher's take their place, and targets are not looked at. */
  readonly paired: boolean;
  /** Hidden values that should be alike, such as hints with their 1×1 regressors. */
  readonly matches?: readonly Match[];
  /** λ of the reconstruction (default 100) and of the hidden values (default 1). */
  readonly weights?: { readonly reconstruction?: number; readonly hidden?: number };
}

/**
 * GAN compression: L = L_cGAN + λ_r mean |G'(x) - aim| + λ_d Σ match_k, for a small generator G' in `fit`. The aim is the target image of a pair, and the teacher's
 * output G(x) where there are no pairs. L_cGAN is the adversary's, of pairs (x, G'(x)) against (x, aim): both its losses are in the sum, each of which trains its own
 * side. Li et al. 2020 (GAN Compression), equations 1–4.
 * @throws LabError `distill/shape`, at a batch, when the aim has another shape than what was made, or the given image other places; `train/owned`.
 * @example
 * const [small, large] = [2, 6].map((width, seed) => network('g', [4, 4, 1], { seed }).conv2d(width).relu().conv2d(1).model());
 * const judge = distill.adversary(network('d', [4, 4, 2]).conv2d(4).relu().globalAveragePool().dense(1).model(), 'judge');
 * const loss = distill.conditionalGan({ teacher: distill.frozenTeacher(large), judge, paired: false });
 * const images = { inputs: uniform(random(1), [16, 4, 4, 1]), targets: zeros([16]) };
 * const taught = await fit(small, images, { loss, steps: 2, optimizer: 'adam' });
 */
export function conditionalGan({ teacher, judge, paired, matches = [], weights = {} }: ConditionalGanOptions): Loss {
  const { reconstruction = 100, hidden = 1 } = weights;
  const asked = [...new Set([teacher.model.output, ...looksAt(matches, 'teacher')])];
  const needs = { activations: looksAt(matches, 'student'), ...ownersTogether([judge, ...matches]) };
  return lossWith(needs, (outputs, targets, context) => {
    const said = teacher.values(asked, context);
    const aim = paired ? targets.toFloat() : (said[teacher.model.output] as tf.Tensor);
    assertImages(outputs, aim, context.inputs);
    const beside = (image: tf.Tensor): tf.Tensor => tf.concat([context.inputs.toFloat(), image], -1);
    const { student, discriminator } = judge.losses(beside(outputs), beside(aim), context);
    const alike = matches.map(match => tf.mul(matched(match, { said, owns: needs.owns, context }), hidden));
    const far = tf.mul(tf.abs(tf.sub(outputs, aim)).mean(), reconstruction);
    return tf.addN([student, discriminator, far, ...alike]).asScalar();
  });
}

function assertImages(made: tf.Tensor, aim: tf.Tensor, given: tf.Tensor): void {
  if (sameShape(made.shape, aim.shape) && sameShape(made.shape.slice(0, -1), given.shape.slice(0, -1))) return;
  throw new LabError(
    'distill/shape',
    `A generator made [${made.shape.join(', ')}] of [${given.shape.join(', ')}], and the aim is [${aim.shape.join(', ')}].`,
    'What is made has the shape of the aim, and the places of the given image.',
  );
}
