import { sizeOf } from '../tensor/shape.ts';
import { type Graph, outputNodes } from './model.ts';
import { trace } from './shapes.ts';

/** A piece of memory that holds the value of a node, or of several that overwrite it one after the other, while anybody needs it. */
export interface Lifetime {
  /** The nodes whose values it holds, in order; the first gives it its name. */
  readonly nodes: readonly string[];
  /** Values in it, for one sample. */
  readonly size: number;
  /** The step that writes it first and the last one that needs it, both counted as nodes of the graph; what leaves the model is needed to the end. */
  readonly from: number;
  readonly to: number;
}

/**
 * What memory a graph needs and when, node by node in the graph's order: the input of a planner, and of `peakMemory`. Elementwise ops and views
 * overwrite their input when nobody else needs it, so a convolution with its batch norm and ReLU is one piece.
 * @throws LabError `model/order`, `shape/mismatch` …, as `trace` does.
 * @example
 * lifetimes(mlp({ input: [4], hidden: [8], classes: 2 })).map(({ size, from, to }) => [size, from, to]); // → [[4, 0, 2], [8, 2, 4], [2, 4, 5]]
 */
export function lifetimes(graph: Graph): readonly Lifetime[] {
  const nodes = trace(graph);
  const last = lastUses(graph, nodes.length);
  const holding = new Map<string, { nodes: string[]; size: number; from: number; to: number }>();
  for (const [step, { node, op, output }] of nodes.entries()) {
    const to = last.get(node.id) as number;
    const reused = op.inPlace ? holding.get(node.inputs[0] as string) : undefined;
    if (reused && reused.to <= step) {
      reused.nodes.push(node.id);
      reused.to = to;
      holding.set(node.id, reused);
    } else holding.set(node.id, { nodes: [node.id], size: sizeOf(output), from: step, to });
  }
  return [...new Set(holding.values())];
}

/** For each node the step of its last reader; what leaves the model outlives all. */
function lastUses(graph: Graph, end: number): ReadonlyMap<string, number> {
  const last = new Map(graph.nodes.map((node, step) => [node.id, step]));
  graph.nodes.forEach((node, step) => {
    for (const id of node.inputs) last.set(id, step);
  });
  for (const id of outputNodes(graph)) last.set(id, end);
  return last;
}
