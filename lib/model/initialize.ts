import { random } from '../tensor/random.ts';
import type { Graph, Model, Parameter } from './model.ts';
import { parameterSpecs } from './shapes.ts';

/**
 * Gives a graph first values: He normal kernels (or what the attribute `initial` says), zero biases, γ = 1, β = 0. Each parameter draws from
 * a stream of its own, named after it, so that adding a layer does not change the others. A model may be passed too: it starts afresh.
 */
export function initialize(graph: Graph, options: { readonly seed?: number } = {}): Model {
  const rng = random(options.seed ?? 0);
  const parameters: Record<string, Parameter> = {};
  for (const [name, { shape, trainable, initial }] of Object.entries(parameterSpecs(graph)))
    parameters[name] = Object.freeze({ value: initial(rng.split(name), shape), trainable });
  const { name, nodes, output, outputs } = graph;
  return Object.freeze({ name, nodes, output, ...(outputs && { outputs }), parameters: Object.freeze(parameters) });
}
