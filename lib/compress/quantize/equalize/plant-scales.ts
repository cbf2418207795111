import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { type Random, random } from '../../../tensor/random.ts';
import { type Joint, jointsOf } from './joints.ts';
import { passageOf } from './passage.ts';
import { copiesOf, scaleJoint, writtenBack } from './scale-joint.ts';

/** Which factors are planted. */
export interface PlantOptions {
  /** Draws the factors and the channels; default 0. */
  readonly seed?: number;
}

/**
 * The model with the same outputs and ranges that are far apart: what a depthwise convolution reads is multiplied by s in the layer that makes it,
 * and the depthwise kernel is divided by s, with log s uniform in [-log k, log k] for each channel. A fault that is planted openly, for labs on
 * cross-layer equalization.
 * @throws LabError `quantize/plant` for a net without such layers or k < 1, `quantize/equalize` for quantized weights.
 */
export function plantScales(model: Model, { spread, seed = 0 }: PlantOptions & { readonly spread: number }): Model {
  if (!(Number.isFinite(spread) && spread >= 1))
    throw new LabError('quantize/plant', `Factors lie between 1 / k and k with k from 1 on; got a spread of ${spread}.`, 'Try 16.');
  const depthwise = ({ makers, readers, clamps }: Joint): boolean =>
    clamps.length === 0 && readers.every(({ side }) => side === 'through') && makers.every(({ op }) => passageOf(op) === 'layer');
  const rng = random(seed);
  return planted(model, jointsOf(model).filter(depthwise), ({ channels, name }) => {
    const own = rng.split(name);
    return Float64Array.from({ length: channels }, () => spread ** own.uniform(-1, 1));
  });
}

/**
 * The model with the same outputs and a few activations that are much larger than the rest, as large language models have them: behind each
 * normalisation, `channels` of its channels, drawn anew for each, have γ and β multiplied by `factor` and the weights that read them divided by it.
 * Openly planted, for labs on SmoothQuant and AWQ. Dettmers et al. 2022 found such channels in language models from 6.7 B parameters on.
 * @throws LabError `quantize/plant` for a net without such layers or an impossible number, `quantize/equalize` for quantized weights.
 */
export function plantOutliers(
  model: Model,
  { channels = 3, factor = 20, seed = 0 }: PlantOptions & { readonly channels?: number; readonly factor?: number } = {},
): Model {
  if (!(Number.isInteger(channels) && channels >= 0 && Number.isFinite(factor) && factor > 0))
    throw new LabError('quantize/plant', `Got ${channels} channels and a factor of ${factor}.`, 'Try 3 channels and a factor of 20.');
  const rng: Random = random(seed);
  const norms = jointsOf(model).filter(({ makers }) => makers.every(({ op }) => passageOf(op) === 'norm'));
  return planted(model, norms, joint => {
    const chosen = new Set(rng.split(joint.name).permutation(joint.channels).subarray(0, channels));
    return Float64Array.from({ length: joint.channels }, (_, c) => (chosen.has(c) ? factor : 1));
  });
}

/** What makes channel c is multiplied by its factor, what reads it divided. */
function planted(model: Model, joints: readonly Joint[], factors: (joint: Joint) => Float64Array): Model {
  if (joints.length === 0)
    throw new LabError(
      'quantize/plant',
      `Model ${model.name} has no place for such factors.`,
      'Scales go between a layer and a depthwise convolution, without batch norm (foldBatchNorm) or ReLU6; outliers between a normalisation and a layer.',
    );
  const copies = copiesOf(model, joints);
  for (const joint of joints) {
    const inverse = factors(joint).map(s => 1 / s);
    scaleJoint(copies, joint, inverse);
  }
  return writtenBack(model, copies);
}
