import { LabError } from '../tensor/errors.ts';
import { random } from '../tensor/random.ts';
import { sameShape } from '../tensor/shape.ts';
import { assertAttributes } from './attributes.ts';
import { type Attributes, type Graph, type Model, type Node, nodeOf, type Parameter } from './model.ts';
import { type OpName, opOf } from './ops/index.ts';
import { parameterSpecs, trace } from './shapes.ts';

/** A node to be written into a graph. */
export interface NewNode {
  readonly op: OpName;
  /** All attributes of the op; none by default. */
  readonly attributes?: Attributes;
  /** Its name; by default the op's and the first number that is free. */
  readonly id?: string;
  /** Parameters by role; those that are missing start as `initialize` would start them. */
  readonly parameters?: Readonly<Record<string, Parameter>>;
  /** Names of its parameters by role, `id.role` by default; one that another node has is shared with it. */
  readonly names?: Readonly<Record<string, string>>;
}

/** What the verbs take besides the graph. */
export interface EditOptions {
  /** From which new parameters start; default 0. */
  readonly seed?: number;
}

/**
 * The graph with a node after the node `id`: whoever read `id` now reads the new one, and so does the outside if `id` was an output. With `readers`
 * only these nodes do. The same verbs work on a model, whose parameters come along: each belongs to a node before and after.
 * @throws LabError `model/node` for an unknown node or a name that is taken, `model/arity`, `model/attribute`, `shape/mismatch` …
 * @example
 * const model = network('net', [3]).dense(2, { id: 'small' }).relu().model();
 * insertAfter(model, 'small', { op: 'scale' }).nodes.map(({ id }) => id); // → ['input', 'small', 'scale-1', 'relu-1']
 */
export function insertAfter<G extends Graph>(
  graph: G,
  id: string,
  added: NewNode & EditOptions & { readonly readers?: readonly string[] },
): G {
  nodeOf(graph, id);
  for (const reader of added.readers ?? []) nodeOf(graph, reader);
  const node = written(graph, added, { inputs: [id] });
  const moved = ({ id: reader }: Node): boolean => added.readers === undefined || added.readers.includes(reader);
  const nodes = graph.nodes.flatMap(old => {
    const next = old.inputs.includes(id) && moved(old) ? rewired(old, id, node.id) : old;
    return old.id === id ? [next, node] : [next];
  });
  return rebuilt(graph, added.readers ? { nodes } : { nodes, from: id, to: node.id }, { node, ...added });
}

/**
 * The graph with another node in the place of `id`: it reads the same inputs, and whoever read `id` reads it. It keeps the name, unless it has one.
 * Parameters of the old node are gone, and those of the new one start afresh; pass the old ones on by `parameters`.
 * @throws LabError `model/node`, and the other errors of `insertAfter`.
 */
export function replaceNode<G extends Graph>(graph: G, id: string, added: NewNode & EditOptions): G {
  const old = nodeOf(graph, id);
  const node = written(graph, { ...added, id: added.id ?? id }, { inputs: old.inputs, place: id });
  const nodes = graph.nodes.map(other => (other.id === id ? node : rewired(other, id, node.id)));
  return rebuilt(graph, { nodes, from: id, to: node.id }, { node, ...added, fresh: true });
}

/**
 * The graph without a node of one input: whoever read it reads what it read.
 * @throws LabError `model/node`, `model/remove` for a node without or with several inputs, `shape/mismatch` … where the rest no longer fits.
 */
export function removeNode<G extends Graph>(graph: G, id: string): G {
  const { op, inputs } = nodeOf(graph, id);
  const [input] = inputs;
  if (input === undefined || inputs.length > 1)
    throw new LabError('model/remove', `Node ${id} (${op}) has ${inputs.length} inputs, so nothing can take its place.`, 'Replace it.');
  const nodes = graph.nodes.filter(node => node.id !== id).map(node => rewired(node, id, input));
  return rebuilt(graph, { nodes, from: id, to: input });
}

function rewired(node: Node, from: string, to: string): Node {
  if (!node.inputs.includes(from)) return node;
  return Object.freeze({ ...node, inputs: Object.freeze(node.inputs.map(input => (input === from ? to : input))) });
}

/** `place`: the node that goes, whose name is free. */
function written(graph: Graph, added: NewNode, { inputs, place }: { inputs: readonly string[]; place?: string }): Node {
  const { op, attributes = {} } = added;
  const taken = new Set(graph.nodes.map(({ id }) => id).filter(id => id !== place));
  const id = added.id ?? freshName(op, taken);
  if (taken.has(id)) throw new LabError('model/node', `There is a node ${id} already.`, 'Names of nodes are unique.');
  const node: Node = { id, op, attributes: Object.freeze({ ...attributes }), inputs: Object.freeze([...inputs]), parameters: {} };
  assertAttributes(node, opOf(op).attributes);
  return node;
}

function freshName(op: string, taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`${op}-${number}`)) number++;
  return `${op}-${number}`;
}

interface Change {
  readonly nodes: readonly Node[];
  /** The node that left the place of an output, and the one that takes it. */
  readonly from?: string;
  readonly to?: string;
}

interface Added extends NewNode, EditOptions {
  readonly node: Node;
  /** Whether the node takes over nothing of a node of the same name. */
  readonly fresh?: boolean;
}

function rebuilt<G extends Graph>(graph: G, { nodes, from, to }: Change, added?: Added): G {
  const place = (id: string): string => (id === from ? (to as string) : id);
  const outputs = graph.outputs && {
    outputs: Object.freeze(Object.fromEntries(Object.entries(graph.outputs).map(([k, id]) => [k, place(id)]))),
  };
  const bare: Graph = { ...graph, nodes, output: place(graph.output), ...outputs };
  const named = added ? withRoles(bare, added) : bare;
  return Object.freeze(
    'parameters' in graph ? { ...named, parameters: parametersOf(named, graph as unknown as Model, added) } : named,
  ) as G;
}

/** Gives the new node a name for each parameter that its op wants. */
function withRoles(graph: Graph, { node: { id }, names = {} }: Added): Graph {
  const roles = Object.keys(trace(graph).find(({ node }) => node.id === id)?.parameters ?? {});
  const parameters = Object.freeze(Object.fromEntries(roles.map(role => [role, names[role] ?? `${id}.${role}`])));
  return { ...graph, nodes: Object.freeze(graph.nodes.map(node => (node.id === id ? Object.freeze({ ...node, parameters }) : node))) };
}

/** The parameters that the nodes own: old ones in their order, then the new node's. */
function parametersOf(graph: Graph, old: Model, added?: Added): Readonly<Record<string, Parameter>> {
  const specs = parameterSpecs(graph);
  const own = Object.entries(added ? nodeOf(graph, added.node.id).parameters : {});
  const given = Object.fromEntries(own.flatMap(([role, name]) => (added?.parameters?.[role] ? [[name, added.parameters[role]]] : [])));
  const stray = Object.keys(added?.parameters ?? {}).find(role => !own.some(([known]) => known === role));
  if (stray !== undefined)
    throw new LabError(
      'model/parameter',
      `${added?.op} has no parameter ${stray}.`,
      `It has: ${own.map(([role]) => role).join(', ') || 'none'}.`,
    );
  const forgotten = new Set(added?.fresh ? own.map(([, name]) => name) : []);
  const rng = random(added?.seed ?? 0);
  const kept = Object.keys(old.parameters).filter(name => specs[name] && !forgotten.has(name));
  const entries = [...new Set([...kept, ...Object.keys(specs)])].map((name): [string, Parameter] => {
    const { shape, trainable, initial } = specs[name] as (typeof specs)[string];
    const parameter = given[name] ?? (forgotten.has(name) ? undefined : old.parameters[name]);
    if (!parameter) return [name, Object.freeze({ value: initial(rng.split(name), shape), trainable })];
    if (sameShape(parameter.value.shape, shape)) return [name, parameter];
    throw new LabError(
      'shape/mismatch',
      `Parameter ${name} has shape [${parameter.value.shape.join(', ')}]; its node now needs [${shape.join(', ')}].`,
      'Change the layers that read the node as well.',
    );
  });
  return Object.freeze(Object.fromEntries(entries));
}
