import { type Graph, outputNodes } from '../../../model/model.ts';
import { trace } from '../../../model/shapes.ts';
import { keepsChannels, passageOf } from './passage.ts';

/** Nodes whose values carry the same factors on their channels. */
export interface Segment {
  /** In the order of the graph. */
  readonly nodes: readonly string[];
  /** Those that clamp at a bound. */
  readonly clamps: readonly string[];
  /** Whether something in it gives other values when channels are scaled, or is seen from outside. */
  readonly barred: boolean;
}

/** The values of a graph, cut at every layer: each segment lies between the layers that make its channels and those that read them. */
export function segmentsOf(graph: Graph): ReadonlyMap<string, Segment> {
  const parent = new Map(graph.nodes.map(({ id }) => [id, id]));
  const rootOf = (id: string): string => {
    const up = parent.get(id) as string;
    return up === id ? id : rootOf(up);
  };
  const barred = new Set(outputNodes(graph));
  const shared = sharedParameters(graph);
  for (const { node, inputs, output } of trace(graph)) {
    const passage = passageOf(node.op);
    const twin = Object.values(node.parameters).some(name => shared.has(name));
    if (passage === 'bar' || twin) barred.add(node.id);
    const through = passage === 'pass' || passage === 'clamp';
    const kept = node.inputs.filter((_, which) => through && keepsChannels(node, { which, input: inputs[which], output }));
    for (const id of node.inputs)
      if (kept.includes(id)) parent.set(rootOf(node.id), rootOf(id));
      else if (passage !== 'layer' || twin) barred.add(id);
    if (through && kept.length === 0) barred.add(node.id);
  }
  const found = new Map<string, { nodes: string[]; clamps: string[]; barred: boolean }>();
  for (const { id, op } of graph.nodes) {
    const segment = found.get(rootOf(id)) ?? { nodes: [], clamps: [], barred: false };
    found.set(rootOf(id), segment);
    segment.nodes.push(id);
    if (passageOf(op) === 'clamp') segment.clamps.push(id);
    if (barred.has(id)) segment.barred = true;
  }
  return new Map(graph.nodes.map(({ id }) => [id, found.get(rootOf(id)) as Segment]));
}

/** Names of parameters that several nodes have: to scale one would scale the others. */
function sharedParameters({ nodes }: Graph): ReadonlySet<string> {
  const names = nodes.flatMap(({ parameters }) => [...new Set(Object.values(parameters))]);
  return new Set(names.filter((name, i) => names.indexOf(name) !== i));
}
