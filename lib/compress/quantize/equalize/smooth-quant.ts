import type { Dataset } from '../../../data/dataset.ts';
import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Examples } from '../../../train/examples.ts';
import { channelSizes, denseJoints } from './dense-inputs.ts';
import { copiesOf, largestOf, scaleJoint, writtenBack } from './scale-joint.ts';

/** How much of the difficulty moves, and what shows where it is. */
export interface SmoothQuantOptions {
  /** A few examples, whose largest activations count. */
  readonly data: Dataset | Examples;
  /** α, 0–1: how much of what is hard about activations moves into the weights; default 0.5, a half. */
  readonly strength?: number;
}

/**
 * s_j = max|X_j|^α / max|W_j|^(1 - α) for each input channel j, and 1 where either is 0. Xiao et al. 2023 (SmoothQuant), equation 4.
 * @example
 * Array.from(smoothingFactors([2, 16, 2, 9], [2, 1, 2, 1], 0.5)); // → [1, 4, 1, 3]
 */
export function smoothingFactors(activations: ArrayLike<number>, weights: ArrayLike<number>, strength: number): Float64Array {
  return Float64Array.from(activations, (x, j) => (x > 0 && weights[j] > 0 ? x ** strength / weights[j] ** (1 - strength) : 1));
}

/**
 * The model with the same outputs whose dense layers read activations without outliers: Y = (X / s)(s W), with 1 / s in the normalisation or layer
 * before and s in all the dense layers that read it (`smoothingFactors`). Then both are quantized with one scale a tensor. Xiao et al. 2023.
 * @throws LabError `quantize/strength` for a strength outside 0–1, `quantize/equalize` where no dense layer reads such a place or a weight is
 * quantized, `quantize/finite`.
 */
export function smoothQuant(model: Model, { data, strength = 0.5 }: SmoothQuantOptions): Model {
  if (!(strength >= 0 && strength <= 1))
    throw new LabError(
      'quantize/strength',
      `α lies between 0 and 1; got ${strength}.`,
      '0.5 suits most networks; more where activations are harder.',
    );
  const joints = denseJoints(model);
  const copies = copiesOf(model, joints);
  const activations = channelSizes(model, joints, { data, of: 'largest' });
  for (const [j, joint] of joints.entries())
    scaleJoint(copies, joint, smoothingFactors(activations[j], largestOf(copies, joint.readers, joint.channels), strength));
  return writtenBack(model, copies);
}
