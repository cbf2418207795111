import type { Graph } from '../model/model.ts';
import { layers, type ParameterOptions } from './layers.ts';

/**
 * Number of parameters: convolution k_h · k_w · c_in / groups · c_out, dense c_in · c_out, biases, batch norm's γ and β. Zeros count
 * (see `sparsity`); running statistics only on request.
 * @example
 * parameters(mlp({ input: [4], hidden: [8], classes: 2 })); // → 4 * 8 + 8 + 8 * 2 + 2
 */
export function parameters(graph: Graph, options: ParameterOptions = {}): number {
  return layers(graph, options).reduce((sum, layer) => sum + layer.parameters, 0);
}
