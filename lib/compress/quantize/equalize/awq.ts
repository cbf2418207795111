import type { Dataset } from '../../../data/dataset.ts';
import { patches } from '../../../inspect/layer-inputs.ts';
import { channelAt } from '../../../model/channels/along-axis.ts';
import type { ChannelAxis } from '../../../model/channels/groups.ts';
import type { Model, Parameter } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Shape } from '../../../tensor/shape.ts';
import type { Examples } from '../../../train/examples.ts';
import { gramProduct } from '../gram-product.ts';
import { crossMoments } from '../moments.ts';
import { quantizeValue, type Scheme } from '../quantize-weights.ts';
import { channelSizes, denseJoints } from './dense-inputs.ts';
import { type Copies, copiesOf, scaleJoint, writtenBack } from './scale-joint.ts';

/** What the weights will be quantized to, and which factors are tried. */
export interface AwqOptions {
  /** How the weights are quantized afterwards: `quantizeWeights(model, scheme)`. */
  readonly scheme: Scheme;
  /** A few hundred examples. */
  readonly data: Dataset | Examples;
  /** Exponents α = 0, 1 / steps … 1 are tried; default 20. */
  readonly steps?: number;
}

/** A scaled model, and how it was scaled. */
export interface ActivationAware {
  readonly model: Model;
  /** α by the name of the joint: 0 is nearest rounding as it was. */
  readonly exponents: Readonly<Record<string, number>>;
}

/**
 * The model with the same outputs in float whose dense layers lose less when their weights are quantized: activation-aware weight quantization.
 * Input channels that carry large activations have their weights multiplied by s_j = (mean|X_j|)^α, divided by √(max s · min s), and the
 * normalisation or layer before divided by it; α is the one of a grid with the least ‖XW - (X / s) Q(sW)‖² on the examples. Quantize it with the
 * same scheme. Lin et al. 2024 (AWQ), equation 5.
 * @throws LabError `quantize/steps`, `quantize/equalize` where no dense layer reads such a place or a weight is quantized, `quantize/finite`.
 */
export function awq(model: Model, options: AwqOptions): Model {
  return activationAwareScaling(model, options).model;
}

/** As `awq`, with the exponents that it chose. */
export function activationAwareScaling(model: Model, { scheme, data, steps = 20 }: AwqOptions): ActivationAware {
  if (!(Number.isInteger(steps) && steps >= 1))
    throw new LabError('quantize/steps', `The grid of exponents has a whole number of steps, 1 or more; got ${steps}.`, 'Usual is 20.');
  const joints = denseJoints(model);
  const copies = copiesOf(model, joints);
  const sizes = channelSizes(model, joints, { data, of: 'mean' });
  const exponents: Record<string, number> = {};
  for (const [j, joint] of joints.entries()) {
    const readers = joint.readers.map(reader => readingOf(model, reader, { copies, data }));
    const best = bestExponent({ size: sizes[j], steps }, factors =>
      readers.reduce((sum, reading) => sum + lossOf(reading, factors, scheme), 0),
    );
    exponents[joint.name] = best;
    scaleJoint(copies, joint, awqFactors(sizes[j], best));
  }
  return { model: writtenBack(model, copies), exponents };
}

/** s_j = (mean|X_j|)^α / √(max s · min s); a channel that is never there counts for neither and has 1. */
export function awqFactors(sizes: ArrayLike<number>, exponent: number): Float64Array {
  const raw = Float64Array.from(sizes, size => (size > 0 ? size ** exponent : Number.NaN));
  const there = raw.filter(s => !Number.isNaN(s));
  if (there.length === 0) return raw.fill(1);
  const middle = Math.sqrt(there.reduce((a, b) => Math.max(a, b)) * there.reduce((a, b) => Math.min(a, b)));
  return raw.map(s => (Number.isNaN(s) ? 1 : s / middle));
}

function bestExponent(
  { size, steps }: { readonly size: Float64Array; readonly steps: number },
  loss: (factors: Float64Array) => number,
): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let step = 0; step <= steps; step++) {
    const found = loss(awqFactors(size, step / steps));
    if (found < least) [best, least] = [step / steps, found];
  }
  return best;
}

/** A dense layer that reads a joint: its weights [K, F] so far, the joint's channel of each row (-1: another's), and XᵀX / N. */
interface Reading {
  readonly name: string;
  readonly weight: NDArray;
  readonly channels: Int32Array;
  readonly gram: Float64Array;
}

function readingOf(model: Model, reader: ChannelAxis, { copies, data }: { copies: Copies; data: Dataset | Examples }): Reading {
  const { shape, data: values } = copies.get(reader.parameter) as { shape: Shape; data: Float64Array };
  const { mask } = model.parameters[reader.parameter] as Parameter;
  const rows = shape[0] as number;
  const x = patches(model, reader.node, { data });
  return {
    name: reader.parameter,
    weight: array(
      shape,
      Float32Array.from(values, (w, i) => (mask?.data[i] === 0 ? 0 : w)),
    ),
    channels: channelAt(rows, reader),
    gram: crossMoments(
      x,
      x,
      Int32Array.from({ length: rows }, (_, k) => k),
    ),
  };
}

/** ‖XW - (X / s) Q(sW)‖² / N. */
function lossOf({ name, weight, channels, gram }: Reading, factors: Float64Array, scheme: Scheme): number {
  const [rows, columns] = weight.shape as [number, number];
  const factorOf = (i: number): number => {
    const channel = channels[Math.floor(i / columns)];
    return channel < 0 ? 1 : factors[channel];
  };
  const scaled = array(
    weight.shape,
    Float32Array.from(weight.data, (w, i) => w * factorOf(i)),
  );
  const rounded = realValue({ ...quantizeValue(scaled, scheme, `Parameter ${name}`), trainable: true });
  const off = Float64Array.from(weight.data, (w, i) => rounded.data[i] / factorOf(i) - w);
  const product = gramProduct({ gram, rows, columns }, off);
  return off.reduce((sum, d, i) => sum + d * product[i], 0);
}
