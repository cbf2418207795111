import type { Dataset } from '../../../../data/dataset.ts';
import { type PatchOptions, patches } from '../../../../inspect/layer-inputs.ts';
import { solveSymmetric } from '../../../../inspect/least-squares.ts';
import { type ChannelAxis, type ChannelGroup, channelGroups, groupNamed, prunableGroups } from '../../../../model/channels/groups.ts';
import { type Model, type Parameter, withParameters } from '../../../../model/model.ts';
import { array, type NDArray } from '../../../../tensor/array.ts';
import { LabError } from '../../../../tensor/errors.ts';
import { firstNotFinite } from '../../../../tensor/finite.ts';
import { scope } from '../../../../tensor/scope.ts';
import { tf } from '../../../../tensor/tf.ts';
import { upload } from '../../../../tensor/upload.ts';
import { type Examples, examplesOf } from '../../../../train/examples.ts';
import { channelsToKeep } from '../channels-to-keep.ts';
import { pruneChannels } from '../prune-channels.ts';
import { lassoChoice, type Quadratic } from './lasso.ts';

/** How many channels go, and on which images outputs are kept. */
export interface RegressionOptions extends PatchOptions {
  /** Share of the channels that goes, in [0, 1). */
  readonly ratio: number;
  /** Images to reproduce the layers' outputs on; a few hundred. */
  readonly data: Dataset | Examples;
  /** Names of the groups that lose channels, in the order of the network; default: all prunable ones. */
  readonly groups?: readonly string[];
}

/** Moments of a layer's sampled inputs X [N, K] and of the outputs Z [N, F] that it is to give: XᵀX and XᵀZ. */
interface Moments {
  readonly inputs: Float64Array;
  readonly outputs: Float64Array;
}

/**
 * Regression-based channel pruning: min over β, W of ‖Z - Σ_c β_c X_c W_c‖² with ‖β‖₀ ≤ count, where Z is what the next layer gave in the dense
 * network and X what it reads now. LASSO on β chooses the channels, least squares gives W; group by group, so that later layers make up for
 * earlier ones. He, Zhang and Sun 2017, equations 1 to 3. The next layer must be the only reader, a dense layer or a convolution without groups.
 * @throws LabError `prune/ratio`, `prune/no-channels`, `prune/group`, `prune/fixed`, `prune/regression`, before anything is changed; `prune/finite` for
 * data or weights that are not finite.
 */
export function pruneByRegression(model: Model, options: RegressionOptions): Model {
  const { ratio, groups = prunableGroups(model).map(({ name }) => name) } = options;
  const all = channelGroups(model);
  const plans = groups.map(name => {
    const group = groupNamed(all, name);
    return { name, reader: readerOf(model, group), count: channelsToKeep(group.channels, ratio, `Group ${name}`) };
  });
  examplesOf(options.data);
  return plans.reduce((pruned, plan) => reconstructed({ dense: model, pruned }, plan, options), model);
}

/** The one axis that reads the group. */
function readerOf(model: Model, group: ChannelGroup): ChannelAxis {
  const readers = group.members.filter(({ side }) => side === 'in');
  const [reader] = readers;
  const kernel = reader && (model.parameters[reader.parameter] as Parameter);
  const whole = reader && reader.positions.length === kernel?.value.shape[reader.axis];
  const plain = reader && (reader.op === 'dense' || model.nodes.find(({ id }) => id === reader.node)?.attributes.groups === 1);
  if (readers.length === 1 && whole && plain && !kernel?.mask && !kernel?.quantization) return reader;
  throw new LabError(
    'prune/regression',
    `Group ${group.name} is read by ${readers.map(({ node }) => node).join(', ') || 'no layer'}: regression needs one reader of these channels alone, a dense layer or a convolution without groups, neither masked nor quantized.`,
    'Name other groups, or prune this one with pruneChannels.',
  );
}

function reconstructed(
  { dense, pruned }: { dense: Model; pruned: Model },
  { name, reader, count }: { name: string; reader: ChannelAxis; count: number },
  options: RegressionOptions,
): Model {
  const kernel = (model: Model): NDArray => (model.parameters[reader.parameter] as Parameter).value;
  const width = kernel(dense).shape.at(-1) as number;
  const x = patches(pruned, reader.node, options);
  if (firstNotFinite(x.data) >= 0)
    throw new LabError(
      'prune/finite',
      `What ${reader.node} reads is not finite.`,
      'Look for NaN in the data, and in the weights before it.',
    );
  const moments = momentsOf(x, { x: patches(dense, reader.node, options), kernel: kernel(dense) });
  const rows = channelOfRow(x.shape[1] as number, reader);
  const kept = lassoChoice(quadraticOf(moments, { kernel: kernel(pruned), rows }), count);
  const small = pruneChannels(pruned, { keep: { [name]: kept } });
  const solution = solveRows(moments, { stay: [...rows.keys()].filter(row => kept.includes(rows[row] as number)), width });
  const value = array(kernel(small).shape, Float32Array.from(solution));
  return withParameters(small, { [reader.parameter]: { value } });
}

/** The group's channel that each row of the kernel, seen as a matrix, belongs to. */
function channelOfRow(rows: number, { positions, copies }: ChannelAxis): Int32Array {
  const channels = new Int32Array(positions.length);
  for (const [place, position] of positions.entries()) channels[position] = Math.floor(place / copies);
  return Int32Array.from({ length: rows }, (_, row) => channels[row % channels.length] as number);
}

function momentsOf(x: NDArray, was: { readonly x: NDArray; readonly kernel: NDArray }): Moments {
  return scope(() => {
    const inputs = upload(x) as tf.Tensor2D;
    const z = tf.matMul(upload(was.x) as tf.Tensor2D, upload(was.kernel).reshape([was.x.shape[1] as number, -1]) as tf.Tensor2D);
    return {
      inputs: Float64Array.from(tf.matMul(inputs, inputs, true).dataSync()),
      outputs: Float64Array.from(tf.matMul(inputs, z, true).dataSync()),
    };
  });
}

/** ‖Z - Σ β_c X_c W_c‖² as a quadratic in β: G_cd = Σ (XᵀX ∘ WWᵀ) over the rows of c and d, b_c = Σ (XᵀZ ∘ W) over those of c. */
function quadraticOf({ inputs, outputs }: Moments, { kernel, rows }: { readonly kernel: NDArray; readonly rows: Int32Array }): Quadratic {
  const n = rows.reduce((most, channel) => Math.max(most, channel), 0) + 1;
  const width = outputs.length / rows.length;
  const products = tf.tidy(() => {
    const w = upload(kernel).reshape([rows.length, width]) as tf.Tensor2D;
    return tf.matMul(w, w, false, true).dataSync();
  });
  const gram = new Float64Array(n * n);
  const correlation = new Float64Array(n);
  for (const [row, c] of rows.entries()) {
    for (const [column, d] of rows.entries()) {
      const at = row * rows.length + column;
      gram[c * n + d] = (gram[c * n + d] as number) + (inputs[at] as number) * (products[at] as number);
    }
    for (let f = row * width; f < (row + 1) * width; f++)
      correlation[c] = (correlation[c] as number) + (outputs[f] as number) * (kernel.data[f] as number);
  }
  return { gram, correlation };
}

/** Least squares on the rows that stay: (XᵀX)_SS W = (XᵀZ)_S. */
function solveRows(
  { inputs, outputs }: Moments,
  { stay, width }: { readonly stay: readonly number[]; readonly width: number },
): Float64Array {
  const total = outputs.length / width;
  const a = Float64Array.from({ length: stay.length ** 2 }, (_, i) => {
    const [row, column] = [stay[Math.floor(i / stay.length)] as number, stay[i % stay.length] as number];
    return inputs[row * total + column] as number;
  });
  const b = Float64Array.from(
    { length: stay.length * width },
    (_, i) => outputs[(stay[Math.floor(i / width)] as number) * width + (i % width)] as number,
  );
  return solveSymmetric(a, b, stay.length);
}
