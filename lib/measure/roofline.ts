import type { Graph } from '../model/model.ts';
import { type TracedNode, trace } from '../model/shapes.ts';
import { sizeOf } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { timed } from './latency.ts';

/** What a machine can do at best. */
export interface Device {
  /** What tables and figures call it. */
  readonly name: string;
  /** Floating-point operations a second. */
  readonly peakFlops: number;
  /** Bytes a second between memory and processor. */
  readonly bandwidth: number;
}

/** Where one node stands under the roofline. */
export interface RooflineLayer {
  /** Name of the node. */
  readonly id: string;
  /** What the node computes. */
  readonly op: string;
  /** Floating-point operations. */
  readonly flops: number;
  /** Bytes moved when inputs, parameters and output cross the memory bus once. */
  readonly bytes: number;
  /** FLOP for each byte moved. */
  readonly intensity: number;
  /** The least time it can take, in milliseconds. */
  readonly timeMs: number;
  /** What limits it. */
  readonly bound: 'compute' | 'memory';
}

/** The least time a network can take on a device. */
export interface Roofline {
  /** Nodes that compute, in order. */
  readonly layers: readonly RooflineLayer[];
  /** The sum over the nodes, in milliseconds. */
  readonly timeMs: number;
}

/** FLOP/s that a device reaches at most at this arithmetic intensity (FLOP/byte): min(peak, bandwidth · intensity). */
export function attainableFlops({ peakFlops, bandwidth }: Device, intensity: number): number {
  return Math.min(peakFlops, bandwidth * intensity);
}

/**
 * Roofline model of one inference: a layer takes max(FLOP / peak, bytes / bandwidth). Elementwise ops and views are taken as fused into the
 * layer before them. Williams, Waterman and Patterson 2009.
 * @example
 * const device = { name: 'toy', peakFlops: 1e9, bandwidth: 1e8 };
 * const { timeMs } = roofline(mlp({ input: [4], hidden: [8], classes: 2 }), device);
 */
export function roofline(graph: Graph, device: Device, options: { readonly bits?: number; readonly batch?: number } = {}): Roofline {
  const moved = trace(graph).filter(({ op }) => !op.inPlace && op.name !== 'input');
  const layers = moved.map(traced => place(traced, device, options));
  return { layers, timeMs: layers.reduce((sum, layer) => sum + layer.timeMs, 0) };
}

function place(traced: TracedNode, device: Device, { bits = 32, batch = 1 }: { bits?: number; batch?: number }): RooflineLayer {
  const { node, op, inputs, output, parameters } = traced;
  const flops = 2 * batch * (op.macs?.(inputs, output, node.attributes) ?? 0);
  const values = batch * [...inputs, output].reduce((sum, shape) => sum + sizeOf(shape), 0);
  const weights = Object.values(parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const bytes = ((values + weights) * bits) / 8;
  const compute = flops / device.peakFlops;
  const memory = bytes / device.bandwidth;
  return {
    id: node.id,
    op: node.op,
    flops,
    bytes,
    intensity: flops / bytes,
    timeMs: 1000 * Math.max(compute, memory),
    bound: compute >= memory ? 'compute' : 'memory',
  };
}

/**
 * Measures this machine as the library can use it: peak from a square matrix product (2 · n³ FLOP), bandwidth from reading and writing a large
 * array; the best of several runs. Takes about half a second.
 */
export function measureDevice(options: { readonly size?: number; readonly values?: number } = {}): Device {
  const { size = 768, values = 2 ** 23 } = options;
  const best = (x: tf.Tensor, run: (x: tf.Tensor) => tf.Tensor): number => {
    const { minMs } = timed(() => run(x).dispose(), { warmUp: 2, runs: 8 });
    x.dispose();
    return minMs / 1000;
  };
  const product = best(tf.ones([size, size]), x => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D));
  const copy = best(tf.ones([values]), x => tf.neg(x));
  return { name: 'this machine', peakFlops: (2 * size ** 3) / product, bandwidth: (8 * values) / copy };
}
