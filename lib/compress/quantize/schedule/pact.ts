import { insertAfter } from '../../../model/edit.ts';
import { type Model, type Node, nodeOf } from '../../../model/model.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import type { TrainingHooks } from '../../../train/hooks.ts';

/** Where activations are clipped, and to how many numbers. */
export interface ClipOptions {
  /** 2–16; 0 … α has 2^bits numbers. */
  readonly bits: number;
  /** α that training starts from; default 6. */
  readonly alpha?: number;
  /** Whether α is trained; default true. With α = 1 and false these are DoReFa's activations. */
  readonly trainable?: boolean;
  /** Ids of the nodes; default: all relu and relu6. */
  readonly nodes?: readonly string[];
}

/**
 * The model with y = round(clip(x, 0, α) / s) · s, s = α / (2^bits - 1), after each ReLU: a `fake-quantize` node `ID.clip` of which x has the gradient of
 * the clip (1 from 0 to below α, else 0), and α that of what it clips: ∂y/∂α = 1 where x ≥ α, else 0. Train it with `pact`. Choi et al. 2018; with an α
 * of 1 that stays, Zhou et al. 2016 (DoReFa-Net), equation 11.
 * @throws LabError `quantize/alpha` unless α is a finite number above 0, `model/node`, `model/attribute` for other bits.
 * @example
 * clipActivations(mlp({ hidden: [16] }), { bits: 4 }).nodes.map(({ id }) => id).slice(-3); // → ['relu-1', 'relu-1.clip', 'dense-2']
 */
export function clipActivations(model: Model, options: ClipOptions): Model {
  const {
    bits,
    alpha = 6,
    trainable = true,
    nodes = model.nodes.filter(({ op }) => op === 'relu' || op === 'relu6').map(({ id }) => id),
  } = options;
  if (!(alpha > 0 && Number.isFinite(alpha)))
    throw new LabError('quantize/alpha', `α is a finite number above 0; got ${alpha}.`, 'Usual is 6 to 10; training lowers it.');
  return nodes.reduce(
    (clipped, id) =>
      insertAfter(clipped, nodeOf(model, id).id, {
        op: 'fake-quantize',
        id: `${id}.clip`,
        attributes: { bits, signed: false, perChannel: false, estimator: 'pact' },
        parameters: {
          scale: { value: array([1], [alpha / (2 ** bits - 1)]), trainable },
          'zero-point': { value: array([1], [0]), trainable: false },
        },
      }),
    model,
  );
}

/**
 * PACT: trains the α of each node of `clipActivations`, with λ α² added to the loss (gradient 2 λ α), as a parameter of its own, so that any optimizer
 * moves α and not the step that follows from it. α stays positive. Choi et al. 2018, section 3.
 * @throws LabError `quantize/strength` for a λ below 0, `quantize/clip` for a model without such nodes.
 * @example
 * const model = clipActivations(mlp({ hidden: [16] }), { bits: 4 });
 * const trained = await fit(model, strokeGlyphs({ count: 64, seed: 1 }), { hooks: pact(model, { strength: 1e-3 }), learningRate: 0.01 });
 * clipLevels(trained)['relu-1.clip'] < 6; // → true
 */
export function pact(model: Model, options: { readonly strength?: number } = {}): TrainingHooks {
  const { strength = 1e-4 } = options;
  if (!(strength >= 0 && Number.isFinite(strength)))
    throw new LabError('quantize/strength', `The strength of the penalty on α is a number from 0; got ${strength}.`, 'Usual is 1e-4.');
  const levels = clipLevels(model);
  const clips = clipsOf(model).map(node => ({ alpha: `pact.${node.id}`, scale: node.parameters.scale as string, steps: stepsOf(node) }));
  if (clips.length === 0)
    throw new LabError('quantize/clip', `Model ${model.name} clips nothing.`, 'clipActivations(model, { bits: 4 }) first.');
  const scaleOf = (alpha: tf.Tensor, steps: number): tf.Tensor => tf.div(alpha, steps);
  return {
    owns: Object.fromEntries(Object.entries(levels).map(([id, level]) => [`pact.${id}`, { value: array([1], [level]), decays: false }])),
    parameters: parameters =>
      Object.fromEntries(clips.map(({ alpha, scale, steps }) => [scale, scaleOf(parameters[alpha] as tf.Tensor, steps)])),
    gradients: (gradients, parameters) => ({
      ...gradients,
      ...Object.fromEntries(
        clips.map(({ alpha }) => [alpha, tf.add(gradients[alpha] as tf.Tensor, tf.mul(parameters[alpha] as tf.Tensor, 2 * strength))]),
      ),
    }),
    afterStep(variables) {
      for (const { alpha, scale, steps } of clips) {
        const level = variables[alpha] as tf.Variable;
        level.assign(tf.maximum(level, 2 ** -20));
        (variables[scale] as tf.Variable).assign(scaleOf(level, steps));
      }
    },
  };
}

/** α of each node of `clipActivations`, by its id. */
export function clipLevels(model: Model): Readonly<Record<string, number>> {
  return Object.fromEntries(
    clipsOf(model).map(node => [node.id, (model.parameters[node.parameters.scale as string]?.value.data[0] as number) * stepsOf(node)]),
  );
}

const clipsOf = ({ nodes }: Model): readonly Node[] =>
  nodes.filter(({ op, attributes }) => op === 'fake-quantize' && attributes.estimator === 'pact');
const stepsOf = ({ attributes }: Node): number => 2 ** (attributes.bits as number) - 1;
