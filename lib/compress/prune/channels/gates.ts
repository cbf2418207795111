import type { Dataset } from '../../../data/dataset.ts';
import { eachWeight } from '../../../model/channels/along-axis.ts';
import { insertAfter, removeNode } from '../../../model/edit.ts';
import { type Model, mapParameters, type Node, type Parameter, withParameters } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import type { Examples } from '../../../train/examples.ts';
import { gradients } from '../../../train/gradients.ts';
import type { TrainingHooks } from '../../../train/hooks.ts';
import type { Loss } from '../../../train/losses.ts';
import { l1Penalty } from '../schedule/penalties.ts';
import { type ChannelImportance, oncePerModel } from './importance/importance.ts';

/** Batch norms of a model, each with the names of its gate and of the gate's values φ. */
const gatedNorms = (model: Model): { readonly node: Node; readonly gate: string; readonly factor: string }[] =>
  model.nodes
    .filter(({ op }) => op === 'batch-norm')
    .map(node => ({ node, gate: `${node.id}.gate`, factor: `${node.parameters.gamma}.gate` }));

/**
 * The model with a gate φ = 1 for each channel of each batch norm, whose output becomes φ · (γ · x̂ + β): a node `scale` after each, which trains like
 * any layer; with `only`, nothing else does (the paper's tick). The function stays what it is. You et al. 2019 (gate decorator).
 */
export function openGates(model: Model, options: { readonly only?: boolean } = {}): Model {
  const still = options.only ? mapParameters(model, parameter => ({ ...parameter, trainable: false })) : model;
  return gatedNorms(model).reduce(
    (open, { node, gate, factor }) => insertAfter(open, node.id, { op: 'scale', id: gate, names: { scale: factor } }),
    still,
  );
}

/** Adds `strength` λ · sign(φ) to the gradient of each gate φ, the paper's penalty, for `fit` of a model with open gates. */
export function gateHooks(model: Model, options: { readonly strength?: number } = {}): TrainingHooks {
  const { strength = 0 } = options;
  return l1Penalty({ strength, parameters: gatedNorms(model).map(({ factor }) => factor) });
}

/** The model without gates: γ ← φ · γ, β ← φ · β. `like` is the model that the gates were opened on: what it trains, trains again. */
export function closeGates(gated: Model, like: Model): Model {
  const folded = gatedNorms(like).reduce((model, { node, gate, factor }) => {
    const values = gated.parameters[factor]?.value as NDArray;
    const changed = [node.parameters.gamma as string, node.parameters.beta as string].map(name => [
      name,
      { value: product(model.parameters[name] as Parameter, values) },
    ]);
    return withParameters(removeNode(model, gate), Object.fromEntries(changed));
  }, gated);
  return mapParameters(folded, (parameter, name) => ({ ...parameter, trainable: like.parameters[name]?.trainable ?? parameter.trainable }));
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
