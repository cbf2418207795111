import { type Graph, nodeOf } from '../model/model.ts';
import { trace } from '../model/shapes.ts';
import { extentOf, type Pair } from '../model/window.ts';

interface Field {
  /** Input rows and columns that one value depends on. */
  readonly size: Pair;
  /** Input rows and columns between neighbouring values. */
  readonly jump: Pair;
}

/**
 * Rows and columns of the input that one value of a node (the output, by default) depends on: 1 + Σ dᵢ · (kᵢ - 1) · Π s of the layers before.
 * Where branches meet the larger field counts. Not cut at the border, so it can exceed the image.
 * @example
 * receptiveField(network('three', [32, 32, 1]).conv2d(1).conv2d(1).conv2d(1).graph()); // → [7, 7]
 */
export function receptiveField(graph: Graph, id: string = graph.output): Pair {
  nodeOf(graph, id);
  const fields = new Map<string, Field>();
  for (const { node, op, inputs } of trace(graph)) {
    const window = op.window?.(inputs, node.attributes) ?? { kernelSize: [1, 1] as Pair, strides: [1, 1] as Pair };
    const extent = extentOf(window);
    const [first, ...others] = node.inputs.map(input => fields.get(input) as Field);
    const before = others.reduce(larger, first ?? { size: [1, 1], jump: [1, 1] });
    const grow = (axis: 0 | 1): number => before.size[axis] + (extent[axis] - 1) * before.jump[axis];
    const step = (axis: 0 | 1): number => before.jump[axis] * window.strides[axis];
    fields.set(node.id, { size: [grow(0), grow(1)], jump: [step(0), step(1)] });
  }
  return (fields.get(id) as Field).size;
}

function larger(a: Field, b: Field): Field {
  const most = (x: Pair, y: Pair): Pair => [Math.max(x[0], y[0]), Math.max(x[1], y[1])];
  return { size: most(a.size, b.size), jump: most(a.jump, b.jump) };
}
