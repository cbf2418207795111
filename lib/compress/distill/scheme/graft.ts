import { firstInput, type Graph, type Model, type Node } from '../../../model/model.ts';
import { ancestors } from '../../../model/run.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { foundPlace } from '../place.ts';

/** What is grown on a node. */
export interface Head {
  /** Id of the node whose value the head's input is. */
  readonly node: string;
  /** Stands before each name of the head, and names the output. */
  readonly name: string;
  readonly model: Model;
}

/** A network with heads on some of its nodes, as one: each head's output is an output by the head's name. */
export function grafted(base: Model, heads: readonly Head[]): Model {
  const grown = heads.map(head => renamed(head));
  return Object.freeze({
    ...base,
    nodes: Object.freeze([...base.nodes, ...grown.flatMap(({ nodes }) => nodes)]),
    outputs: Object.freeze({ ...base.outputs, ...Object.fromEntries(heads.map(({ name, model }) => [name, `${name}.${model.output}`])) }),
    parameters: Object.freeze(Object.assign({}, base.parameters, ...grown.map(({ parameters }) => parameters)) as Model['parameters']),
  });
}

function renamed({ node, name, model }: Head): Pick<Model, 'nodes' | 'parameters'> {
  const { id: input } = firstInput(model);
  const own = (id: string): string => `${name}.${id}`;
  const nodes = model.nodes
    .filter(({ id }) => id !== input)
    .map(old => ({
      ...old,
      id: own(old.id),
      inputs: old.inputs.map(id => (id === input ? node : own(id))),
      parameters: Object.fromEntries(Object.entries(old.parameters).map(([role, parameter]) => [role, own(parameter)])),
    }));
  return { nodes, parameters: Object.fromEntries(Object.entries(model.parameters).map(([key, value]) => [own(key), value])) };
}

/** The network that ends at this node: all that its value needs, and nothing else. */
export function upTo(model: Model, id: string): Model {
  const needed = ancestors(model, [id]);
  return withNodes(
    model,
    model.nodes.filter(node => needed.has(node.id)),
    id,
  );
}

/**
 * What comes after a node, as a network of its own whose input is that node's value and has its id.
 * @throws LabError `distill/node` for a node that there is not, `distill/branch` when what follows looks at something else too.
 */
export function after(model: Model, id: string): Model {
  const { shape } = foundPlace({ model, node: id });
  const reached = new Set([id]);
  for (const node of model.nodes) if (node.inputs.some(input => reached.has(input))) reached.add(node.id);
  const nodes = model.nodes.filter(node => node.id !== id && reached.has(node.id));
  const trunk = model.nodes.filter(node => !nodes.includes(node));
  const around = nodes.find(({ inputs }) => inputs.some(input => !reached.has(input)));
  const shared = trunk.flatMap(named).find(name => nodes.flatMap(named).includes(name));
  if (nodes.length === 0 || around || shared !== undefined)
    throw new LabError(
      'distill/branch',
      `Network ${model.name} cannot branch after ${id}: ${nodes.length === 0 ? 'nothing follows' : around ? `${around.id} looks past it` : `${shared} stands on both sides`}.`,
      'Branch where all paths to the output go through.',
    );
  return withNodes(model, [inputNode(id, shape), ...nodes], model.output);
}

const named = ({ parameters }: Node): readonly string[] => Object.values(parameters);
const inputNode = (id: string, shape: Shape): Node => ({ id, op: 'input', attributes: { shape }, inputs: [], parameters: {} });

function withNodes(model: Model, nodes: readonly Node[], output: string): Model {
  const names = new Set(nodes.flatMap(named));
  const parameters = Object.fromEntries(Object.entries(model.parameters).filter(([name]) => names.has(name)));
  const graph: Graph = { name: model.name, nodes: Object.freeze([...nodes]), output };
  return Object.freeze({ ...graph, parameters: Object.freeze(parameters) });
}
