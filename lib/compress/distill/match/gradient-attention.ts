import type { Graph, Model } from '../../../model/model.ts';
import { firstInput } from '../../../model/model.ts';
import { valuesOf } from '../../../model/run.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { constant, untaped } from '../../../tensor/untaped.ts';
import type { NamedTensors } from '../../../train/hooks.ts';
import { crossEntropy, type Loss, type LossContext, lossWith } from '../../../train/losses.ts';
import { foundPlace, type ModelPlace, type Place } from '../place.ts';
import { type AttentionOptions, attentionReader } from './attention.ts';
import { zerosOf } from './unit-length.ts';

/** How attention is read off the gradients. */
export interface GradientAttentionOptions extends AttentionOptions {
  /** The loss whose gradient shows attention, of outputs and targets; default `crossEntropy()`. */
  readonly loss?: Loss;
  /** How far, as a share of the value's size, an example is moved at most to see how gradients change; default 0.01. */
  readonly step?: number;
}

/** Where a gradient is asked for. */
interface Asked {
  readonly model: Model;
  readonly node: string;
  readonly loss: Loss;
  readonly targets: tf.Tensor;
  readonly context: LossContext;
  readonly parameters?: NamedTensors;
}

/**
 * Attention alike, as gradients show it: mean over batch and places of (q_s / ‖q_s‖ - q_t / ‖q_t‖)², where q = Σ_c |∂L/∂A_c|^p tells how much the loss L on the labels
 * changes with each place of the value A (of a node, or of the input itself). A `Loss` and no `Match`, since it needs targets and the rest of both networks; add it to
 * others by `sumLosses`. Gradient-based attention transfer, Zagoruyko and Komodakis 2017, §3.2, with the maps normalised as in the activation-based form.
 *
 * Its own gradient is a second derivative, ∇ ⟨∂L/∂A, v⟩ for v = the slope of this loss by ∂L/∂A, and is taken as the central difference
 * (∇L(A + εv) - ∇L(A - εv)) / 2ε: ops have first gradients alone. It costs three further passes of the student, there and back, and two of the teacher,
 * which is asked live. Behind ReLUs it is the derivative of the function with its kinks smoothed over the step. What a hook puts in place of values (`values`) these passes do not see.
 * @throws LabError `distill/step`, `distill/power`, `distill/node`, `distill/shape` unless both are maps [h, w, c] whose sides are the same or multiples.
 * @example
 * const [student, teacher] = [vgg({ widths: [4] }), vgg({ widths: [8] })];
 * const alike = distill.gradientAttention({ student: { model: student, node: 'relu-1' }, teacher: { model: teacher, node: 'relu-1' } });
 * const taught = await fit(student, strokeGlyphs({ count: 32, seed: 1 }), { loss: sumLosses([1, crossEntropy()], [1000, alike]) });
 */
export function gradientAttention(
  pair: { readonly student: Place; readonly teacher: ModelPlace },
  options: GradientAttentionOptions = {},
): Loss {
  const { loss = crossEntropy(), step = 0.01 } = options;
  if (!(step > 0 && step < 1))
    throw new LabError('distill/step', `A step is a share of the value, above 0 and below 1; got ${step}.`, 'Usual is 0.01.');
  const read = attentionReader('gradientAttention', pair, options);
  const [node, nodeOfTeacher] = [foundPlace(pair.student).id, foundPlace(pair.teacher).id];
  return lossWith({ activations: [node] }, (_, targets, context) => {
    const model = withoutValues(pair.student.model);
    const live = context.activations[node] as tf.Tensor;
    const asked = { model, node, loss, targets, context, parameters: context.parameters };
    const value = constant(live);
    const slope = gradientAt(asked, value);
    const said = gradientAt({ model: pair.teacher.model, node: nodeOfTeacher, loss, targets, context: { ...context, training: false } });
    const wanted = untaped(() => read(enlarged(said)));
    const scale = untaped(() => sizeOf(slope));
    const apart = (s: tf.Tensor): tf.Scalar => tf.squaredDifference(read(s), wanted).mean().asScalar();
    const { value: found, grad } = tf.valueAndGrad(apart)(untaped(() => tf.div(slope, scale)));
    const { by, direction } = untaped(() => stepAlong(tf.div(grad, scale), value, step));
    const lossAt = (moved: tf.Tensor): tf.Tensor => lossOf(asked, moved);
    const change = tf.mul(tf.sub(lossAt(tf.add(live, direction)), lossAt(tf.sub(live, direction))), by);
    // the value is that of the maps, and the gradient that of the change
    return tf.add(constant(found), tf.sub(change, constant(change))).asScalar();
  });
}

/** A graph as what `valuesOf` takes, which is given all parameters. */
const withoutValues = (graph: Graph): Model => ({ parameters: {}, ...graph }) as Model;

/** L, with this in place of the node's value. */
function lossOf({ model, node, loss, targets, context, parameters }: Asked, value: tf.Tensor): tf.Scalar {
  const outputs = valuesOf(
    model,
    { [firstInput(model).id]: context.inputs },
    { ids: [model.output], training: context.training ?? false, parameters, values: { [node]: () => value } },
  );
  return loss(outputs[model.output] as tf.Tensor, targets, context);
}

/** ∂L/∂A, a constant; at the node's own value unless told where. */
function gradientAt(asked: Asked, value?: tf.Tensor): tf.Tensor {
  const { model, node, context, parameters = {} } = asked;
  const fixed = Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [name, constant(tensor)]));
  const at = value ?? untaped(() => valuesOf(model, { [firstInput(model).id]: context.inputs }, { ids: [node] })[node] as tf.Tensor);
  const slope = tf.grad((a: tf.Tensor) => lossOf({ ...asked, parameters: fixed }, a))(at);
  return constant(slope);
}

/** The largest |x| of each example [n, 1, 1, 1]; 1 where that is 0. Attention does not see it, and squares of small numbers stay above 0. */
function sizeOf(x: tf.Tensor): tf.Tensor {
  const largest = tf.max(tf.abs(x), [1, 2, 3], true);
  return tf.add(largest, zerosOf(largest));
}

const enlarged = (x: tf.Tensor): tf.Tensor => tf.div(x, sizeOf(x));

/** A step along v that moves no example by more than this share of its value's size, and the 1 / 2ε that goes with it. */
function stepAlong(v: tf.Tensor, value: tf.Tensor, share: number): { by: tf.Tensor; direction: tf.Tensor } {
  const norm = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(x), [1, 2, 3]));
  const sizes = norm(value);
  const reach = tf.max(tf.div(norm(v), tf.add(sizes, zerosOf(sizes))));
  const epsilon = tf.div(share, tf.add(reach, zerosOf(reach)));
  return { by: tf.div(0.5, epsilon), direction: tf.mul(v, epsilon) };
}
