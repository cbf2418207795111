import type { Graph } from '../model/model.ts';
import { type TracedNode, trace } from '../model/shapes.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';

/** What one node of a network costs, for one sample. */
export interface LayerCounts {
  /** Name of the node. */
  readonly id: string;
  /** What the node computes. */
  readonly op: string;
  /** Shape of the output, without the batch axis. */
  readonly output: Shape;
  /** Parameters of the node. */
  readonly parameters: number;
  /** Multiplications with an addition. */
  readonly macs: number;
  /** Values in the output. */
  readonly activations: number;
}

/** Which parameters count. */
export interface ParameterOptions {
  /** Count biases (the role `bias`; batch norm's β always counts). Default true. */
  readonly bias?: boolean;
  /** Count running statistics, which are stored but not trained. Default false. */
  readonly statistics?: boolean;
}

/**
 * Parameters, MACs and output values of every node, in order. A parameter that several nodes share counts at the first one.
 * @example
 * layers(mlp({ input: [4], hidden: [8], classes: 2 })).map(layer => layer.macs); // → [0, 0, 32, 0, 16]
 */
export function layers(graph: Graph, options: ParameterOptions = {}): readonly LayerCounts[] {
  const seen = new Set<string>();
  return trace(graph).map(traced => {
    const { node, op, inputs, output } = traced;
    return {
      id: node.id,
      op: node.op,
      output,
      parameters: countParameters(traced, options, seen),
      macs: op.macs?.(inputs, output, node.attributes) ?? 0,
      activations: sizeOf(output),
    };
  });
}

function countParameters({ node, parameters }: TracedNode, options: ParameterOptions, seen: Set<string>): number {
  const { bias = true, statistics = false } = options;
  let total = 0;
  for (const [role, spec] of Object.entries(parameters)) {
    const name = node.parameters[role] as string;
    const counts = (spec.trainable || statistics) && (role !== 'bias' || bias) && !seen.has(name);
    seen.add(name);
    if (counts) total += sizeOf(spec.shape);
  }
  return total;
}
