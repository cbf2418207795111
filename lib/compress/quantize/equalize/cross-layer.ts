import { replaceNode } from '../../../model/edit.ts';
import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { type Joint, jointsOf } from './joints.ts';
import { passageOf } from './passage.ts';
import { type Copies, copiesOf, largestOf, scaleJoint, writtenBack } from './scale-joint.ts';

/** How far ranges are equalized. */
export interface EqualizeOptions {
  /** What happens to ReLU6, which a factor moves away from its bound: `refuse` (default) stops, `replace` makes it a ReLU, `leave` goes around it. */
  readonly relu6?: 'refuse' | 'replace' | 'leave';
  /** Goes on until no factor is further from 1 than this; default 1e-4. */
  readonly tolerance?: number;
  /** Passes over the network at most; default 200. */
  readonly passes?: number;
}

/** An equalized model, and what it took. */
export interface Equalized {
  readonly model: Model;
  /** For each layer whose output was scaled: what each channel of it was divided by. */
  readonly divisors: Readonly<Record<string, Float64Array>>;
}

/**
 * The model with the same outputs whose channels have ranges as equal as factors can make them: cross-layer equalization. For channel i between two
 * layers with the largest weights r1_i and r2_i, s_i = √(r1_i · r2_i) / r2_i; the first layer and its bias are divided by s_i, the second is
 * multiplied, so that both have the range √(r1_i · r2_i). Repeated over all joints (`jointsOf`) until nothing moves. A channel whose weights are
 * all 0 on one side keeps its factor 1. Nagel et al. 2019 (Data-Free Quantization), equation 11.
 * @throws LabError `quantize/equalize` where nothing can be equalized, at a ReLU6 unless told otherwise, for weights that are quantized;
 * `quantize/finite`.
 * @example
 * const model = foldBatchNorm(network('net', [8, 8, 1]).conv2d(4).batchNorm().relu().depthwiseConv2d(3).batchNorm().relu().globalAveragePool().dense(2).model());
 * equalizeCrossLayers(model).nodes.length; // → 7
 */
export function equalizeCrossLayers(model: Model, options: EqualizeOptions = {}): Model {
  return crossLayerEqualization(model, options).model;
}

/** As `equalizeCrossLayers`, with the factors: what statistics of the layers' outputs are divided by. */
export function crossLayerEqualization(model: Model, options: EqualizeOptions = {}): Equalized {
  const { relu6 = 'refuse', tolerance = 1e-4, passes = 200 } = options;
  const between = layerJoints(model);
  const joints = relu6 === 'leave' ? between.filter(({ clamps }) => clamps.length === 0) : between;
  const clamps = [...new Set(joints.flatMap(joint => joint.clamps))];
  if (relu6 === 'refuse' && clamps.length > 0) throw atBound(clamps);
  if (joints.length === 0) throw nothingToEqualize(model);
  const copies = copiesOf(model, joints);
  const totals = joints.map(({ channels }) => new Float64Array(channels).fill(1));
  for (let pass = 0; pass < passes; pass++) if (equalizeOnce(copies, joints, totals) <= tolerance) break;
  const scaled = writtenBack(model, copies);
  const unclamped = clamps.reduce((changed, id) => replaceNode(changed, id, { op: 'relu' }), scaled);
  return { model: unclamped, divisors: divisorsOf(joints, totals) };
}

/** The joints whose channels are made by layers alone. */
export function layerJoints(model: Model): readonly Joint[] {
  return jointsOf(model).filter(({ makers }) => makers.every(({ op }) => passageOf(op) === 'layer'));
}

/** One pass over the joints; returns how far the factors were from 1. */
function equalizeOnce(copies: Copies, joints: readonly Joint[], totals: readonly Float64Array[]): number {
  let furthest = 0;
  for (const [j, joint] of joints.entries()) {
    const kernels = joint.makers.filter(({ role }) => role === 'kernel');
    const [r1, r2] = [kernels, joint.readers].map(axes => largestOf(copies, axes, joint.channels)) as [Float64Array, Float64Array];
    const factors = equalizingFactors(r1, r2);
    scaleJoint(copies, joint, factors);
    for (const [c, s] of factors.entries()) {
      totals[j][c] *= s;
      furthest = Math.max(furthest, Math.abs(s - 1));
    }
  }
  return furthest;
}

/** s_i = √(r1_i · r2_i) / r2_i, and 1 where either is 0. */
export function equalizingFactors(r1: ArrayLike<number>, r2: ArrayLike<number>): Float64Array {
  return Float64Array.from(r1, (first, i) => (first > 0 && r2[i] > 0 ? Math.sqrt(first / r2[i]) : 1));
}

function divisorsOf(joints: readonly Joint[], totals: readonly Float64Array[]): Record<string, Float64Array> {
  const divisors: Record<string, Float64Array> = {};
  for (const [j, { makers, values, channels }] of joints.entries())
    for (const node of new Set(makers.map(maker => maker.node))) {
      const positions = values[node] as Int32Array;
      const copies = positions.length / channels;
      divisors[node] ??= new Float64Array(positions.length).fill(1);
      for (const [place, position] of positions.entries()) divisors[node][position] = totals[j][Math.floor(place / copies)];
    }
  return divisors;
}

const atBound = (clamps: readonly string[]): LabError =>
  new LabError(
    'quantize/equalize',
    `ReLU6 stands between layers that would be scaled (${clamps.join(', ')}): min(x / s, 6) is not min(x, 6) / s.`,
    "Pass relu6: 'replace' to make it a ReLU, which gives other outputs where a value was above 6, or relu6: 'leave' to go around it.",
  );

function nothingToEqualize({ name, nodes }: Model): LabError {
  const norms = nodes.some(({ op }) => op === 'batch-norm');
  return new LabError(
    'quantize/equalize',
    `No two layers of ${name} have nothing but ReLU, pooling and views between them.`,
    norms ? 'Fold the batch norms first: equalizeCrossLayers(foldBatchNorm(model)).' : 'Sigmoids and the like let no factor pass.',
  );
}
