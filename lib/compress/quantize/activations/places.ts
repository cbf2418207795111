import { type Graph, type Node, outputNodes } from '../../../model/model.ts';

/** Ops whose values are among those of their input, or a mean of them, so that they keep its grid. */
const keepsGrid: ReadonlySet<string> = new Set(['reshape', 'flatten', 'transpose', 'pad', 'max-pool', 'average-pool', 'fake-quantize']);

/** Clamps that a step of integers does for nothing, by the ends of what it stores. */
const clamps: ReadonlySet<string> = new Set(['relu', 'relu6']);

const layers: ReadonlySet<string> = new Set(['conv2d', 'depthwise-conv2d', 'dense', 'conv2d-transpose']);

/**
 * The nodes whose values become integers: inputs and whatever computes new numbers, but for a node whose only reader is a ReLU, or the batch norm of a layer,
 * which are one step with it; and but for views, padding and pooling, which keep the grid of what they read. Jacob et al. 2018, section 3.
 * @example
 * const net = network('net', [4, 4, 1]).conv2d(2, 3).batchNorm().relu().maxPool(2).flatten().dense(3).graph();
 * activationPlaces(net); // → ['input', 'relu-1', 'dense-1']
 */
export function activationPlaces(graph: Graph): readonly string[] {
  const outside = outputNodes(graph);
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes) for (const id of node.inputs) readers.set(id, [...(readers.get(id) ?? []), node]);
  return graph.nodes
    .filter(({ id, op }) => {
      if (keepsGrid.has(op)) return false;
      const [reader, ...others] = readers.get(id) ?? [];
      if (!reader || others.length > 0 || outside.has(id)) return true;
      if (reader.op === 'fake-quantize') return true;
      return !(clamps.has(reader.op) && op !== 'input') && !(reader.op === 'batch-norm' && layers.has(op));
    })
    .map(({ id }) => id);
}
