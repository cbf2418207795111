import type { Model, Node, Parameter } from '../../../model/model.ts';
import { inferShapes } from '../../../model/shapes.ts';
import type { Cost } from '../../../search/limits.ts';
import type { Shape } from '../../../tensor/shape.ts';

/**
 * A look-up table of layer costs: the cost of a model is Σ over its layers with a kernel of `measure(layer)`, where a layer is a model of that
 * one node, and a layer of the same op, attributes and input shape is measured once, at first need. Yang et al. 2018, §3.3.
 * Measured latencies should be minima of many runs on a quiet machine: a search finds the luckiest noise.
 * @example
 * const cost = layerTable(macs);
 * await cost(mlp({ input: [4], hidden: [8], classes: 2 })); // → 4 * 8 + 8 * 2
 */
export function layerTable(measure: (layer: Model) => number | Promise<number>): Cost {
  const table = new Map<string, number>();
  return async model => {
    const shapes = inferShapes(model);
    let sum = 0;
    for (const node of model.nodes) {
      if (!node.parameters.kernel) continue;
      const input = shapes.get(node.inputs[0] as string) as Shape;
      const key = JSON.stringify([node.op, node.attributes, input]);
      const known = table.get(key) ?? (await measure(layerOf(model, node, input)));
      table.set(key, known);
      sum += known;
    }
    return sum;
  };
}

/** The model of one node alone. */
function layerOf(model: Model, node: Node, shape: Shape): Model {
  const names = Object.values(node.parameters);
  const input: Node = { id: 'input', op: 'input', attributes: { shape }, inputs: [], parameters: {} };
  return Object.freeze({
    name: `${model.name}: ${node.id}`,
    nodes: [input, { ...node, inputs: ['input'] }],
    output: node.id,
    parameters: Object.fromEntries(names.map(name => [name, model.parameters[name] as Parameter])),
  });
}
