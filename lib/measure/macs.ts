import type { Graph } from '../model/model.ts';
import { layers } from './layers.ts';

/**
 * Multiply-accumulates for one sample: convolution k_h · k_w · c_in / groups · c_out · h_out · w_out, dense c_in · c_out. Biases, batch norm,
 * activations, additions and pooling count nothing (some profilers add one for each of their outputs). Zeros count as any weight.
 * @example
 * macs(mlp({ input: [4], hidden: [8], classes: 2 })); // → 4 * 8 + 8 * 2
 */
export function macs(graph: Graph): number {
  return layers(graph).reduce((sum, layer) => sum + layer.macs, 0);
}

/** Floating-point operations for one sample: one MAC is a multiplication and an addition, so 2 · MACs. */
export function flops(graph: Graph): number {
  return 2 * macs(graph);
}
