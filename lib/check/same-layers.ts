import type { Graph, Model, Node } from '../model/model.ts';

/** What `sameLayers` lets pass. */
export interface SameLayersOptions {
  /** Convolutions may have fewer channels (not kernels of another height or width), and dense layers fewer inputs for that, not fewer outputs. */
  readonly fewer?: boolean;
}

/**
 * Whether a network has the layers of another, node by node: the same ops with the same attributes, wired in the same way, and parameters of
 * the same roles and shapes. Names of nodes and parameters do not count, values neither, nor what says only how a net was begun and trained
 * (`initial`, `momentum`): a handed-in network is told by what it computes with.
 *
 * Errors: none; networks that differ give false.
 * @example
 * const small = mlp({ input: [2, 2, 1], hidden: [3], classes: 2, seed: 1 });
 * sameLayers(mlp({ input: [2, 2, 1], hidden: [3], classes: 2, seed: 2 }), small); // true
 * sameLayers(mlp({ input: [2, 2, 1], hidden: [2], classes: 2, seed: 1 }), small); // false
 * sameLayers(pruneChannels(vgg({ classes: 2 }), { ratio: 0.5 }), vgg({ classes: 2 }), { fewer: true }); // true
 */
export function sameLayers(model: Model, other: Model, { fewer = false }: SameLayersOptions = {}): boolean {
  if (model.nodes.length !== other.nodes.length || endsOf(model) !== endsOf(other)) return false;
  return model.nodes.every((node, i) => {
    const asked = other.nodes[i] as Node;
    const alike =
      node.op === asked.op && wiring(model, node) === wiring(other, asked) && attributesOf(node, fewer) === attributesOf(asked, fewer);
    const [own, shapes] = [shapesOf(model, node), shapesOf(other, asked)];
    return alike && own.size === shapes.size && [...shapes].every(([role, shape]) => fits(own.get(role), shape, fewer));
  });
}

const placeOf = ({ nodes }: Graph, id: string): number => nodes.findIndex(node => node.id === id);

/** The place of the output in the graph, and those of the named ones. */
const endsOf = (graph: Graph): string =>
  JSON.stringify([
    placeOf(graph, graph.output),
    graph.outputs && Object.entries(graph.outputs).map(([name, id]) => [name, placeOf(graph, id)]),
  ]);

/** The place of each input in the graph. */
const wiring = (graph: Graph, { inputs }: Node): string => inputs.map(id => placeOf(graph, id)).join();

/** How a net was begun and how its statistics moved in training say nothing of what it computes. */
const ofTraining = ['initial', 'momentum'];

const attributesOf = ({ attributes }: Node, fewer: boolean): string =>
  JSON.stringify(
    Object.entries(attributes)
      .filter(([name]) => !ofTraining.includes(name) && !(fewer && name === 'filters'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const shapesOf = (model: Model, { parameters }: Node): Map<string, readonly number[]> =>
  new Map(Object.entries(parameters).map(([role, name]) => [role, model.parameters[name]?.value.shape ?? []]));

function fits(own: readonly number[] | undefined, asked: readonly number[], fewer: boolean): boolean {
  if (own?.length !== asked.length) return false;
  return asked.every((size, axis) => own[axis] === size || (fewer && (asked.length < 4 || axis > 1) && (own[axis] as number) < size));
}
