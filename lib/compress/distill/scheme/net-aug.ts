import { initialize } from '../../../model/initialize.ts';
import { firstInput, type Graph, type Model } from '../../../model/model.ts';
import { valuesOf } from '../../../model/run.ts';
import { parameterSpecs } from '../../../model/shapes.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { random } from '../../../tensor/random.ts';
import { tf } from '../../../tensor/tf.ts';
import type { NamedTensors } from '../../../train/hooks.ts';
import { crossEntropy, type Loss, type LossContext, lossWith } from '../../../train/losses.ts';
import { type OwnedParameter, type OwnedParameters, ownedTogether, sightOf } from '../../../train/owned.ts';
import { assertWeight, type Weight, weightAt } from '../../../train/sum-losses.ts';
import { type Slice, sliceOf, widened } from './widen.ts';

/** How a tiny network is augmented. */
export interface NetAugOptions {
  /** α, the weight of the augmented network's loss; default 1. */
  readonly alpha?: Weight;
  /** How many times as wide the augmented networks are; one is drawn at each update. Default 2 and 3. */
  readonly ratios?: readonly number[];
  /** The loss of both; default softmax cross-entropy. It sees the values of whichever network it is asked about, by the same ids. */
  readonly loss?: Loss;
  /** Of the extra weights and of the draws; default 0. */
  readonly seed?: number;
}

/** A network inside of wider ones. */
export interface Augmented {
  /** The extra weights of the widest network, 0 and masked where the base stands. */
  readonly owns: OwnedParameters;
  /** The augmented networks, in the order of the ratios. */
  readonly slices: readonly Slice[];
  /** The weights of a slice: those of base and extra, where each stands. Gradients flow to both. */
  weights(slice: Slice, parameters: NamedTensors): Record<string, tf.Tensor>;
}

/**
 * NetAug: tiny networks underfit, so the loss gives one more supervision in place of less capacity: L(base) + α L(wide), where the wide network holds the base as its first channels.
 * Each weight of the widest one is pad(base) + extra; narrower ones are its first channels, so all share their weights. Extra weights belong to the
 * loss: `fit` returns the base alone, with the same graph, parameters and multiply-accumulates as ever. One ratio is drawn at each update, for all layers. The wide
 * network has the batch's own statistics; validation looks at the base alone. Cai, Gan, Lin and Han 2022, equation 2.
 * @throws LabError `distill/ratio` for ratios that are not above 1 or none, or a network without hidden channels; `train/loss` for a weight that is no finite number; `train/owned`.
 * @example
 * const base = mlp({ hidden: [8] });
 * const tiny = await fit(base, strokeGlyphs({ count: 64, seed: 1 }), { loss: distill.netAug(base, { ratios: [2, 3], alpha: 1 }) });
 */
export function netAug(base: Graph, options: NetAugOptions = {}): Loss {
  const { alpha = 1, ratios = [2, 3], loss = crossEntropy(), seed = 0 } = options;
  const augmented = augment(base, { ratios, seed });
  assertWeight(alpha);
  if (alpha === 0) return loss;
  const owns = ownedTogether([loss, augmented]);
  const see = sightOf(loss, owns);
  const draws = random(seed).split('net-aug draws');
  const needs = {
    activations: loss.activations ?? [],
    owns,
    afterTraining: (owned: Parameters<NonNullable<Loss['afterTraining']>>[0]): void => loss.afterTraining?.(see(owned)),
  };
  return lossWith(needs, (outputs, targets, context) => {
    const alone = loss(outputs, targets, { ...context, parameters: see(context.parameters) });
    if (!context.training) return alone;
    const slice = draws.split(`${context.progress?.step ?? 0}`).pick(augmented.slices);
    const seen = wideView(augmented, slice, { looked: needs.activations, output: base.output, context });
    const wide = loss(seen.outputs, targets, {
      ...context,
      activations: seen.activations,
      parameters: { ...see(context.parameters), ...seen.parameters },
    });
    return tf.add(alone, tf.mul(wide, weightAt(alpha, context.progress))).asScalar();
  });
}

/** What the wide network says of the batch. */
function wideView(
  augmented: Augmented,
  slice: Slice,
  { looked, output, context }: { readonly looked: readonly string[]; readonly output: string; readonly context: LossContext },
): { readonly outputs: tf.Tensor; readonly activations: NamedTensors; readonly parameters: NamedTensors } {
  const parameters = augmented.weights(slice, context.parameters);
  const values = valuesOf(
    slice.model,
    { [firstInput(slice.model).id]: context.inputs },
    { ids: [output, ...looked], parameters, training: true },
  );
  return { outputs: values[output] as tf.Tensor, activations: values, parameters };
}

/**
 * The base inside of wider networks.
 * @throws LabError `distill/ratio`.
 */
export function augment(base: Graph, { ratios, seed = 0 }: { readonly ratios: readonly number[]; readonly seed?: number }): Augmented {
  const wrong = ratios.find(ratio => !(ratio > 1));
  if (ratios.length === 0 || wrong !== undefined)
    throw new LabError(
      'distill/ratio',
      `Augmented networks are wider than the base; got ${wrong ?? 'no'} ratio.`,
      'Such as ratios: [2, 3].',
    );
  const widest = widened(base, Math.max(...ratios));
  const corner = sliceOf(base, { widest, ratio: 1 }).places;
  const start = initialize(widest, { seed });
  const trained = Object.entries(parameterSpecs(widest)).flatMap(([name, { trainable }]) => (trainable ? [name] : []));
  // what reads no more and makes no more than before is the base's own
  const wide = trained.filter(name => corner[name]?.length !== sizeOf(start, name));
  const from = Object.fromEntries(wide.map(name => [name, sourcesOf(corner[name] as Int32Array, sizeOf(start, name))]));
  return {
    owns: Object.fromEntries(wide.map(name => [own(name), extra(start, name, corner[name] as Int32Array)])),
    slices: ratios.map(ratio => sliceOf(base, { widest, ratio })),
    weights: ({ model, places }, parameters) => {
      const grown = (name: string): tf.Tensor => {
        const padded = tf
          .concat([(parameters[name] as tf.Tensor).flatten(), tf.zeros([1])])
          .gather(tf.tensor1d(from[name] as Int32Array, 'int32'));
        const full = tf.add(padded, (parameters[own(name)] as tf.Tensor).flatten());
        return tf.gather(full, tf.tensor1d(places[name] as Int32Array, 'int32')).reshape([...(model.parameters[name]?.value.shape ?? [])]);
      };
      return Object.fromEntries(trained.map(name => [name, from[name] ? grown(name) : (parameters[name] as tf.Tensor)]));
    },
  };
}

const own = (name: string): string => `net-aug.${name}`;
const sizeOf = ({ parameters }: Model, name: string): number => parameters[name]?.value.data.length ?? 0;

/** For each value of the widest network: its place in the base's, or the place behind the last where the base has none. */
function sourcesOf(corner: Int32Array, size: number): Int32Array {
  const sources = new Int32Array(size).fill(corner.length);
  for (const [i, place] of corner.entries()) sources[place] = i;
  return sources;
}

/** First values outside of the base's corner, and the mask that keeps that corner 0. */
function extra({ parameters }: Model, name: string, corner: Int32Array): OwnedParameter {
  const { shape, data } = (parameters[name] as Model['parameters'][string]).value;
  const [value, mask] = [Float32Array.from(data), new Float32Array(data.length).fill(1)];
  for (const place of corner) value[place] = mask[place] = 0;
  return { value: array(shape, value), mask: array(shape, mask) };
}
