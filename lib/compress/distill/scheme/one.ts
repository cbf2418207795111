import type { Dataset } from '../../../data/dataset.ts';
import { initialize } from '../../../model/initialize.ts';
import { type Model, withParameters } from '../../../model/model.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { constant } from '../../../tensor/untaped.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import { crossEntropy, type LossContext, lossWith } from '../../../train/losses.ts';
import type { FitOptions } from '../../../train/options.ts';
import { ownedTogether } from '../../../train/owned.ts';
import { softDivergence, softTargetOptions } from '../../../train/soft-targets.ts';
import { type Companion, companion } from '../companion.ts';
import { foundPlace } from '../place.ts';
import { after } from './graft.ts';
import { assertSameClasses } from './students.ts';

/** How branches of one trunk teach each other. */
export interface OneOptions extends Omit<FitOptions, 'loss'> {
  /** The node after which the network branches; all paths to its output go through it. */
  readonly after: string;
  /** How many branches, the network's own included; default 3. */
  readonly branches?: number;
  /** T > 0; default 3. */
  readonly temperature?: number;
  /** Receives, for each batch that trains, the mean share that the gate gives each branch; they sum to 1. */
  readonly onShares?: (shares: readonly number[], context: LossContext) => void;
}

/** Networks that were trained as branches of one. */
export interface Branches {
  /** A network for each branch, all with the graph that was given and the same trunk; any of them is the student. The first is the network's own branch. */
  readonly models: readonly Model[];
  /** The gate: softmax(mean over places · kernel + bias) weighs the branches. */
  readonly gate: { readonly kernel: NDArray; readonly bias: NDArray };
}

/**
 * On-the-fly native ensemble: the layers after a node exist several times, each started afresh, and a gate g that looks at the node's value weighs them. The sum z_e = Σ g_i z_i is the teacher of
 * each: loss Σ_i CE(z_i) + CE(z_e) + Σ_i T² KL(p_e ‖ p_i), where p_e is a constant in the last. One branch is enough in the end. The gate is one linear layer here, that starts
 * with equal shares. Lan, Zhu and Gong 2018, equations 3 to 7.
 * @throws LabError `distill/branch` for fewer than two branches, or a node past which the network looks; `distill/node`, `distill/shape`, `train/temperature`, and the errors of `fit`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const { models } = await distill.trainBranches(vgg({ widths: [4, 'M', 8] }), { data, after: 'max-pool-1', epochs: 1 });
 */
export async function trainBranches(
  model: Model,
  { data, ...options }: OneOptions & { readonly data: Dataset | Examples },
): Promise<Branches> {
  const { after: node, branches = 3, temperature = 3, onShares, ...training } = options;
  if (!(Number.isInteger(branches) && branches >= 2))
    throw new LabError('distill/branch', `An ensemble has two branches or more; got ${branches}.`, 'Usual is 3.');
  assertSameClasses('trainBranches', [model]);
  softTargetOptions({ temperature });
  const tail = after(model, node);
  const peers = Array.from({ length: branches - 1 }, (_, i) =>
    companion(initialize(tail, { seed: (options.seed ?? 0) + i + 1 }), `one.${i + 2}`),
  );
  const channels = foundPlace({ model, node }).shape.at(-1) as number;
  const gate = {
    'one.gate.kernel': { value: array([channels, branches], new Float32Array(channels * branches)) },
    'one.gate.bias': { value: array([branches], new Float32Array(branches)) },
  };
  let owned: Readonly<Record<string, NDArray>> = {};
  const needs = {
    activations: [node],
    owns: ownedTogether([...peers, { owns: gate }]),
    afterTraining(found: typeof owned): void {
      owned = found;
    },
  };
  const trained = await fit(model, data, { ...training, loss: lossWith(needs, oneLoss(peers, { node, temperature, onShares })) });
  const branch = (peer: Companion): Model => withParameters(trained, peer.trained(owned).parameters);
  return {
    models: [trained, ...peers.map(branch)],
    gate: { kernel: owned['one.gate.kernel'] as NDArray, bias: owned['one.gate.bias'] as NDArray },
  };
}

function oneLoss(
  peers: readonly Companion[],
  { node, temperature, onShares }: { readonly node: string; readonly temperature: number } & Pick<OneOptions, 'onShares'>,
): (outputs: tf.Tensor, targets: tf.Tensor, context: LossContext) => tf.Scalar {
  const hard = crossEntropy();
  return (outputs, targets, context) => {
    const trunk = context.activations[node] as tf.Tensor;
    const said = peers.map(peer => peer.values([peer.model.output], trunk, context)[peer.model.output] as tf.Tensor);
    const logits = [outputs, ...said];
    const shares = gateShares(trunk, context);
    if (context.training) onShares?.([...shares.mean(0).dataSync()], context);
    const ensemble = tf.sum(tf.mul(tf.stack(logits, 2), shares.expandDims(1)), 2);
    const teacher = constant(ensemble);
    return tf
      .addN([
        hard(ensemble, targets, context),
        ...logits.map(z => hard(z, targets, context)),
        ...logits.map(z => softDivergence(z, teacher, { temperature })),
      ])
      .asScalar();
  };
}

/** What the gate gives each branch, for each example [n, branches]. */
function gateShares(trunk: tf.Tensor, { parameters }: LossContext): tf.Tensor {
  const places = trunk.rank > 2 ? trunk.mean(Array.from({ length: trunk.rank - 2 }, (_, i) => i + 1)) : trunk;
  const scores = tf.matMul(places as tf.Tensor2D, parameters['one.gate.kernel'] as tf.Tensor2D);
  return tf.softmax(tf.add(scores, parameters['one.gate.bias'] as tf.Tensor));
}
