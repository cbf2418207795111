import type { Dataset } from '../../../data/dataset.ts';
import type { Model } from '../../../model/model.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { constant } from '../../../tensor/untaped.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import { crossEntropy, type LossContext, lossWith } from '../../../train/losses.ts';
import type { FitOptions } from '../../../train/options.ts';
import { ownedTogether } from '../../../train/owned.ts';
import { softDivergence, softTargetOptions } from '../../../train/soft-targets.ts';
import { assertWeight, type Weight, weightAt } from '../../../train/sum-losses.ts';
import { type Companion, companion } from '../companion.ts';
import { assertSameClasses } from './students.ts';

/** How students teach each other. */
export interface MutualOptions extends Omit<FitOptions, 'loss'> {
  /** Weight of the divergence from the peers, beside 1 of the labels; default 1. With 0 each learns alone. */
  readonly weight?: Weight;
  /** T > 0; default 1, as in the paper. */
  readonly temperature?: number;
  /** Receives, for each batch that trains, the mean divergence of each student from its peers, in the students' order. */
  readonly onDivergences?: (divergences: readonly number[], context: LossContext) => void;
}

/**
 * Deep mutual learning: two students or more learn together from scratch, each from the labels and from what its peers say of the same batch. Student k has the loss
 * CE(labels, p_k) + w/(K - 1) Σ_{l ≠ k} T² KL(p_l ‖ p_k), where p_l is a constant. All are updated at once, from one pass. Returns them in order. The first
 * one is what `fit` trains: hooks see its parameters. Zhang, Xiang, Hospedales and Lu 2018, equations 6 to 9.
 * @throws LabError `distill/students` for fewer than two, `distill/shape` unless all take the same images and give the same classes, `train/temperature`, `train/loss` for a weight
 * that is no finite number, and the errors of `fit`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const [first, second] = await distill.learnMutually([mlp({ hidden: [8] }), mlp({ hidden: [16], seed: 1 })], { data, epochs: 1 });
 */
export async function learnMutually(
  students: readonly Model[],
  { data, weight = 1, ...options }: MutualOptions & { readonly data: Dataset | Examples },
): Promise<readonly Model[]> {
  if (students.length < 2)
    throw new LabError('distill/students', `${students.length} student has no peer.`, 'Give two or more: learnMutually([a, b], { data }).');
  assertSameClasses('learnMutually', students);
  const { temperature } = softTargetOptions({ temperature: options.temperature ?? 1 });
  // a wrong number is told before anything runs
  assertWeight(weight);
  const [first, ...others] = students as [Model, ...Model[]];
  const peers = others.map((peer, i) => companion(peer, `mutual.${i + 2}`));
  let owned: Readonly<Record<string, NDArray>> = {};
  const needs = {
    owns: ownedTogether(peers),
    afterTraining(found: typeof owned): void {
      owned = found;
    },
  };
  const { temperature: _, onDivergences, ...training } = options;
  const trained = await fit(first, data, {
    ...training,
    loss: lossWith(needs, mutualLoss(peers, { weight, temperature, onDivergences })),
  });
  return [trained, ...peers.map(peer => peer.trained(owned))];
}

/** The sum of all students' losses, where what the others say is a constant for each. */
function mutualLoss(
  peers: readonly Companion[],
  { weight, temperature, onDivergences }: Required<Pick<MutualOptions, 'weight' | 'temperature'>> & Pick<MutualOptions, 'onDivergences'>,
): (outputs: tf.Tensor, targets: tf.Tensor, context: LossContext) => tf.Scalar {
  const hard = crossEntropy();
  const divergence = (logits: readonly tf.Tensor[], k: number): tf.Tensor => {
    const said = logits.filter((_, other) => other !== k);
    const apart = said.map(z => softDivergence(logits[k] as tf.Tensor, constant(z), { temperature }));
    return tf.div(tf.addN(apart), apart.length);
  };
  return (outputs, targets, context) => {
    const said = peers.map(({ model, ...peer }) => peer.values([model.output], context.inputs, context)[model.output] as tf.Tensor);
    const logits = [outputs, ...said];
    const now = weightAt(weight, context.progress);
    const apart = now === 0 && !onDivergences ? [] : logits.map((_, k) => divergence(logits, k));
    if (context.training)
      onDivergences?.(
        apart.map(value => value.dataSync()[0] as number),
        context,
      );
    const labels = logits.map(z => hard(z, targets, context));
    return tf.addN([...labels, ...(now === 0 ? [] : apart.map(value => tf.mul(value, now)))]).asScalar();
  };
}
