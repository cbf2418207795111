import type { Dataset } from '../../../data/dataset.ts';
import { network } from '../../../model/build.ts';
import { type Model, nodeOf } from '../../../model/model.ts';
import { inferShapes } from '../../../model/shapes.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Shape } from '../../../tensor/shape.ts';
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
import { grafted, upTo } from './graft.ts';

/** How a network teaches its own shallow parts. */
export interface OwnTeacherOptions extends Omit<FitOptions, 'loss'> {
  /** Nodes at which the network may stop, from shallow to deep; the output is the deepest exit and is not named. */
  readonly exits: readonly string[];
  /** α, share of the deepest exit's word in a shallow exit's loss, 0–1; default 0.3. With 0 and `feature` 0 all exits learn from labels alone. */
  readonly alpha?: number;
  /** λ, weight of the mean squared distance of features; default 0.03. */
  readonly feature?: number;
  /** T > 0; default 3. */
  readonly temperature?: number;
  /** Receives for each batch that trains what each exit gave, from shallow to deep. The deepest has nobody to learn from: its divergence and distance are 0. */
  readonly onExits?: (exits: readonly ExitLoss[], context: LossContext) => void;
}

/** The parts of an exit's loss, before their weights. */
export interface ExitLoss {
  readonly labels: number;
  /** T² KL from the deepest exit. */
  readonly divergence: number;
  /** Mean squared distance from the deepest features. */
  readonly feature: number;
}

/** A network with exits. */
export interface ExitedNetwork {
  /** The whole network with every exit as an output, `exit-1` the shallowest. */
  readonly all: Model;
  /** A network for each exit, shallow to deep: it computes what that exit needs and nothing else. The last is the network that was given, trained. */
  readonly exits: readonly Model[];
}

/**
 * Be your own teacher: exits grow on nodes of a network (mean over places, a hidden layer as wide as the deepest features, logits) and learn along with it: (1 - α) CE + α T² KL(deepest ‖
 * exit) + λ mean (F_exit - F_deepest)². What the deepest says is a constant; it learns from the labels alone, and from what its trunk gives the exits. Features of the deepest are
 * what its last layer reads. Zhang, Song, Gao, Chen, Bao and Ma 2019, equations 3 to 6.
 * @throws LabError `distill/exits` for none, `distill/node`, `distill/alpha`, `distill/shape` unless the network ends in a dense layer, `train/temperature`, and the errors of `fit`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const { exits } = await distill.teachItself(vgg({ widths: [4, 'M', 8] }), { data, exits: ['relu-1'], epochs: 1 });
 */
export async function teachItself(
  model: Model,
  { data, ...options }: OwnTeacherOptions & { readonly data: Dataset | Examples },
): Promise<ExitedNetwork> {
  const { exits: nodes, alpha, feature, temperature, onExits, ...training } = options;
  const weights = checked(options);
  const features = featuresOf(model);
  const heads = nodes.map((node, i) => ({
    node,
    name: `exit-${i + 1}`,
    model: headOn(model, { node, features, seed: (options.seed ?? 0) + i }),
  }));
  const peers = heads.map(head => companion(head.model, head.name));
  let owned: Readonly<Record<string, NDArray>> = {};
  const needs = {
    activations: [...new Set([...nodes, features])],
    owns: ownedTogether(peers),
    afterTraining(found: typeof owned): void {
      owned = found;
    },
  };
  const loss = lossWith(needs, ownLoss(peers, { ...weights, nodes, features, onExits }));
  const trained = await fit(model, data, { ...training, loss });
  const grown = heads.map((head, i) => ({ ...head, model: (peers[i] as Companion).trained(owned) }));
  const all = grafted(trained, grown);
  return { all, exits: [...grown.map(head => upTo(all, `${head.name}.${head.model.output}`)), trained] };
}

interface OwnLoss {
  readonly alpha: number;
  readonly feature: number;
  readonly temperature: number;
  readonly nodes: readonly string[];
  readonly features: string;
  readonly onExits?: OwnTeacherOptions['onExits'];
}

function ownLoss(
  peers: readonly Companion[],
  { alpha, feature, temperature, nodes, features, onExits }: OwnLoss,
): (outputs: tf.Tensor, targets: tf.Tensor, context: LossContext) => tf.Scalar {
  const hard = crossEntropy();
  return (outputs, targets, context) => {
    const [logits, aim] = [constant(outputs), constant(context.activations[features] as tf.Tensor)];
    const parts = peers.map((peer, i) => {
      const said = peer.values([peer.model.output, 'feature'], context.activations[nodes[i] as string] as tf.Tensor, context);
      const z = said[peer.model.output] as tf.Tensor;
      return {
        labels: hard(z, targets, context),
        divergence: softDivergence(z, logits, { temperature }),
        feature: tf.squaredDifference(said.feature as tf.Tensor, aim).mean(),
      };
    });
    const deepest = hard(outputs, targets, context);
    if (context.training && onExits) onExits([...parts.map(read), { labels: numberOf(deepest), divergence: 0, feature: 0 }], context);
    const weighed = parts.map(part =>
      tf.addN([tf.mul(part.labels, 1 - alpha), tf.mul(part.divergence, alpha), tf.mul(part.feature, feature)]),
    );
    return tf.addN([deepest, ...weighed]).asScalar();
  };
}

const numberOf = (value: tf.Tensor): number => value.dataSync()[0] as number;
const read = (part: Readonly<Record<keyof ExitLoss, tf.Tensor>>): ExitLoss => ({
  labels: numberOf(part.labels),
  divergence: numberOf(part.divergence),
  feature: numberOf(part.feature),
});

function checked({ exits, alpha = 0.3, feature = 0.03, temperature = 3 }: OwnTeacherOptions): {
  alpha: number;
  feature: number;
  temperature: number;
} {
  if (exits.length === 0 || new Set(exits).size < exits.length)
    throw new LabError(
      'distill/exits',
      `Exits are nodes, each named once; got ${exits.join(', ') || 'none'}.`,
      "Such as exits: ['relu-1'].",
    );
  if (!(alpha >= 0 && alpha <= 1 && feature >= 0 && Number.isFinite(feature)))
    throw new LabError(
      'distill/alpha',
      `alpha lies in 0–1 and feature is a number from 0; got ${alpha} and ${feature}.`,
      'Leave them out for 0.3 and 0.03.',
    );
  softTargetOptions({ temperature });
  return { alpha, feature, temperature };
}

/** The node that the last layer reads. */
function featuresOf(model: Model): string {
  const { op, inputs } = nodeOf(model, model.output);
  const [features] = inputs;
  if (op === 'dense' && features !== undefined && foundPlace({ model, node: features }).shape.length === 1) return features;
  throw new LabError(
    'distill/shape',
    `${model.name} ends in ${model.output} (${op}).`,
    'A network that teaches itself ends in a dense layer on a vector of features.',
  );
}

function headOn(
  model: Model,
  { node, features, seed }: { readonly node: string; readonly features: string; readonly seed: number },
): Model {
  const { shape } = foundPlace({ model, node });
  const shapes = inferShapes(model);
  const [[width], [classes]] = [shapes.get(features), shapes.get(model.output)] as [Shape, Shape];
  const start = network('exit', shape, { seed });
  const pooled = shape.length === 3 ? start.globalAveragePool() : shape.length === 1 ? start : start.flatten();
  return pooled
    .dense(width as number)
    .relu({ id: 'feature' })
    .dense(classes as number, { id: 'logits' })
    .model();
}
