import { type Model, nodeOf } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { type Random, random } from '../../../tensor/random.ts';
import { tf } from '../../../tensor/tf.ts';
import type { TrainingHooks } from '../../../train/hooks.ts';

/** Bits of gradients, and where. */
export interface GradientBits {
  /** 1–8. */
  readonly bits: number;
  /** Decides how they are rounded; default 0. */
  readonly seed?: number;
  /** Ids of the nodes at whose outputs gradients are rounded; default: all layers but the first and the last. */
  readonly nodes?: readonly string[];
}

const layers: ReadonlySet<string> = new Set(['conv2d', 'conv2d-transpose', 'depthwise-conv2d', 'dense']);

/**
 * DoReFa-Net's gradients: what flows back into the output of a layer goes on as one of 2^b numbers (`quantizedGradient`), and the layer's weights and inputs
 * get their gradients from that. The forward pass stays as it is. With weights by `doReFa` and activations by `clipActivations` it is the whole of
 * DoReFa-Net, which keeps the first and the last layer in float32 and needs 4 bits and more here. The hooks draw on from step to step: take new ones for
 * each run. Zhou et al. 2016, section 2.5.
 * @throws LabError `quantize/bits`, `quantize/layer` for a model of one or two layers, `model/node`.
 * @example
 * const [model, data] = [vgg({ widths: [4, 4] }), strokeGlyphs({ count: 64, seed: 1 })];
 * const hooks = quantizeGradients(model, { bits: 6, seed: 1 });
 * Object.keys(hooks.values); // → ['conv2d-2']
 * const trained = await fit(model, data, { hooks, learningRate: 0.01 });
 */
export function quantizeGradients(model: Model, options: GradientBits): TrainingHooks {
  const { bits, seed = 0, nodes = innerLayers(model) } = options;
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= 8))
    throw new LabError('quantize/bits', `Gradients have 1 to 8 bits; got ${bits}.`, 'DoReFa-Net takes 4, 6 or 8.');
  const rounded = nodes.map(id => {
    const rng = random(seed).split(nodeOf(model, id).id);
    return [id, (value: tf.Tensor) => gradientThrough(value, dy => quantizedGradient(dy, { bits, rng }))] as const;
  });
  return { values: Object.fromEntries(rounded) };
}

function innerLayers(model: Model): readonly string[] {
  const ids = model.nodes.filter(({ op }) => layers.has(op)).map(({ id }) => id);
  if (ids.length > 2) return ids.slice(1, -1);
  throw new LabError(
    'quantize/layer',
    `Model ${model.name} has ${ids.length} layers, and its first and last keep float32 gradients.`,
    'Name the nodes: quantizeGradients(model, { bits, nodes: [...] }).',
  );
}

/**
 * A gradient [n, …] as b bits say it, each example on a grid of its own: 2 m (quantize_b(g / (2 m) + ½ + N) - ½), m = max |g| of the example,
 * quantize_b(x) = round((2^b - 1) x) / (2^b - 1), N uniform in ±½ / (2^b - 1), so that the mean over many roundings is g. Examples of zeros stay so, and
 * what is not finite stays so. To be called inside a tidy. Zhou et al. 2016, equation 12.
 * @example
 * const codes = tf.tidy(() => quantizedGradient(tf.tensor2d([[-2, 0.5, 2]]), { bits: 1, rng: random(1) }).dataSync());
 * [...codes].every(g => g === -2 || g === 2); // → true
 */
export function quantizedGradient(gradient: tf.Tensor, { bits, rng }: { readonly bits: number; readonly rng: Random }): tf.Tensor {
  const steps = 2 ** bits - 1;
  const most = tf.max(tf.abs(gradient), [...gradient.shape.keys()].slice(1), true);
  const unit = tf.add(tf.div(gradient, tf.mul(tf.maximum(most, 2 ** -120), 2)), 0.5);
  // round(x + σ) with σ in ±½ is ⌊x + u⌋ with u in 0 … 1; a sum near a whole number may be rounded to it
  const draws = Float32Array.from({ length: gradient.size }, () => rng.next());
  const codes = tf.minimum(tf.floor(tf.add(tf.mul(unit, steps), tf.tensor(draws, gradient.shape))), steps);
  return tf.mul(tf.sub(tf.div(tf.mul(codes, 2), steps), 1), most);
}

/** y = x, whose gradient is what `change` makes of that of y. */
function gradientThrough(x: tf.Tensor, change: (dy: tf.Tensor) => tf.Tensor): tf.Tensor {
  const through = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: (args[0] as tf.Tensor).clone(),
    gradFunc: dy => change(dy as tf.Tensor),
  }));
  return through(x);
}
