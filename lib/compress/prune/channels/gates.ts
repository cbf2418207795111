import type { Dataset } from '../../../data/dataset.ts';
import { eachWeight } from '../../../model/channels/along-axis.ts';
import { type Model, type Parameter, withParameters } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import { array, filled, type NDArray } from '../../../tensor/array.ts';
import { tf } from '../../../tensor/tf.ts';
import type { Examples } from '../../../train/examples.ts';
import { gradients } from '../../../train/gradients.ts';
import type { NamedTensors, TrainingHooks } from '../../../train/hooks.ts';
import type { Loss } from '../../../train/losses.ts';
import { l1Penalty } from '../schedule/penalties.ts';
import { type ChannelImportance, oncePerModel } from './importance/importance.ts';

const suffix = '.gate';

/** Batch norms of a model: the names of their γ and β. */
const scalesOf = (model: Model): { gamma: string; beta: string }[] =>
  model.nodes.filter(({ op }) => op === 'batch-norm').map(({ parameters }) => parameters as { gamma: string; beta: string });

/**
 * The model with a gate φ = 1 for each channel of each batch norm, whose output becomes φ · (γ · x̂ + β): parameters of their own, which train with
 * `gateHooks` in force; with `only`, nothing else does (the paper's tick). The function stays what it is. You et al. 2019 (gate decorator).
 */
export function openGates(model: Model, options: { readonly only?: boolean } = {}): Model {
  const gates = scalesOf(model).map(({ gamma }): [string, Parameter] => {
    const { shape } = (model.parameters[gamma] as Parameter).value;
    return [`${gamma}${suffix}`, Object.freeze({ value: filled(shape, 1), trainable: true })];
  });
  const others = Object.entries(model.parameters).map(([name, p]): [string, Parameter] => [
    name,
    options.only ? { ...p, trainable: false } : p,
  ]);
  return Object.freeze({ ...model, parameters: Object.freeze(Object.fromEntries([...others, ...gates])) });
}

/**
 * Lets gates take part in `fit`: γ and β are used as φ · γ and φ · β, and `strength` λ adds λ · sign(φ) to the gradient of φ (the paper's
 * penalty).
 */
export function gateHooks(model: Model, options: { readonly strength?: number } = {}): TrainingHooks {
  const { strength = 0 } = options;
  const scaled = (parameters: NamedTensors): NamedTensors =>
    Object.fromEntries(
      scalesOf(model).flatMap(({ gamma, beta }) =>
        [gamma, beta].map(name => [name, tf.mul(parameters[name] as tf.Tensor, parameters[`${gamma}${suffix}`] as tf.Tensor)]),
      ),
    );
  const gates = scalesOf(model).map(({ gamma }) => `${gamma}${suffix}`);
  return { parameters: scaled, gradients: l1Penalty({ strength, parameters: gates }).gradients };
}

/** The model without gates: γ ← φ · γ, β ← φ · β. `like` is the model that the gates were opened on: what it trains, trains again. */
export function closeGates(gated: Model, like: Model): Model {
  const folded = scalesOf(like).flatMap(({ gamma, beta }) => {
    const gate = gated.parameters[`${gamma}${suffix}`]?.value as NDArray;
    return [gamma, beta].map(name => [name, { value: product(gated.parameters[name] as Parameter, gate) }] as const);
  });
  const trained = Object.keys(like.parameters).map(name => [
    name,
    { ...gated.parameters[name], trainable: like.parameters[name]?.trainable },
  ]);
  return withParameters(withParameters(like, Object.fromEntries(trained)), Object.fromEntries(folded));
}

function product(parameter: Parameter, gate: NDArray): NDArray {
  const { shape, data } = realValue(parameter);
  return array(
    shape,
    Float32Array.from(data, (v, i) => v * (gate.data[i] as number)),
  );
}

/**
 * Gate decorator's importance: |∂L/∂φ · φ| at φ = 1, that is |γ · ∂L/∂γ + β · ∂L/∂β|, added up over the batch norms that a channel passes. All
 * examples go through in one batch. You et al. 2019, equation 5.
 */
export function gateImportance(data: Dataset | Examples, options: { readonly loss?: Loss } = {}): ChannelImportance {
  const gradientsOf = oncePerModel(model => gradients(model, data, { ...options, training: false }));
  return (model, { channels, members }) => {
    const scores = new Float64Array(channels);
    const slopes = new Map<string, Float64Array>();
    for (const member of members) {
      if (member.op !== 'batch-norm' || !(member.role === 'gamma' || member.role === 'beta')) continue;
      const slope = slopes.get(member.node) ?? new Float64Array(channels);
      const { data: values } = realValue(model.parameters[member.parameter] as Parameter);
      eachWeight(gradientsOf(model)[member.parameter] as NDArray, member, (channel, g, i) => {
        slope[channel] = (slope[channel] as number) + g * (values[i] as number);
      });
      slopes.set(member.node, slope);
    }
    for (const slope of slopes.values()) for (const [c, s] of slope.entries()) scores[c] = (scores[c] as number) + Math.abs(s);
    return scores;
  };
}
