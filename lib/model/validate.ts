import { LabError } from '../tensor/errors.ts';
import { assertValidShape, type Shape, sameShape, sizeOf } from '../tensor/shape.ts';
import { assertAttributes } from './attributes.ts';
import type { Attribute, Graph, Node } from './model.ts';
import { opOf } from './ops/index.ts';
import type { ParameterSpec } from './ops/op.ts';
import { type TracedNode, trace } from './shapes.ts';

/** Caps for a model that comes from elsewhere; they hold before anything is allocated or run. */
export interface ModelLimits {
  /** Bytes of the graph's JSON; default 16 MB. */
  readonly graphBytes?: number;
  /** Bytes of the file with the values; default 1 GB. */
  readonly bytes?: number;
  /** Nodes; default 10,000. */
  readonly nodes?: number;
  /** Nodes on the longest path; default 5,000. */
  readonly depth?: number;
  /** Values in the output of any node, for one sample; default 2³⁰. */
  readonly values?: number;
  /** Multiply-accumulates for one sample; default 10¹³. */
  readonly macs?: number;
  /** Refuse NaN and infinities among the stored values; default false. */
  readonly finite?: boolean;
  /** Ops that may occur; all, by default. */
  readonly ops?: readonly string[];
}

const refuse = (code: string, message: string, hint = 'The model is damaged or was not made by this library.'): never => {
  throw new LabError(code, message, hint);
};

/** Throws `model/limit` when `got` exceeds the cap. */
export function assertWithin(what: string, got: number, cap: number): void {
  if (!(got <= cap)) refuse('model/limit', `${what}: ${got} exceeds the limit of ${cap}.`, 'Use a smaller model.');
}

/** A record with exactly these keys. */
export function recordOf<K extends string>(where: string, value: unknown, keys: readonly K[]): Record<K, unknown> {
  const record = isRecord(value) ? value : refuse('model/graph', `${where} must be a record.`);
  const unknown = Object.keys(record).find(key => !(keys as readonly string[]).includes(key));
  if (unknown !== undefined) refuse('model/graph', `${where} has an unknown field ${JSON.stringify(unknown)}.`);
  return record as Record<K, unknown>;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const named = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** A name of a node or a parameter: letters, digits, `_`, `.`, `-`; none of those that every object has. */
export function nameOf(where: string, value: unknown): string {
  if (typeof value === 'string' && named.test(value) && !(value in {})) return value;
  return refuse('model/name', `${where}: ${JSON.stringify(value)} is not a name.`, 'Names are letters, digits, _, . and -, at most 128.');
}

/**
 * Turns plain data of unknown origin into a graph, checked in full: names, ops, attributes and their types, order of the nodes, inputs,
 * parameters by role, shapes and caps. Returns it with everything inferred.
 * @throws LabError `model/graph`, `model/name`, `model/op`, `model/attribute`, `model/order`, `model/arity`, `model/parameter`, `model/limit` …
 */
export function checkedGraph(value: Record<'name' | 'nodes' | 'output' | 'outputs', unknown>, limits: ModelLimits = {}): CheckedGraph {
  const { nodes = 10_000, depth = 5_000 } = limits;
  const list = Array.isArray(value.nodes) ? value.nodes : refuse('model/graph', 'The nodes must be a list.');
  assertWithin('nodes', list.length, nodes);
  const checked = list.map((node, i) => checkedNode(`Node ${i}`, node, limits));
  const ids = new Set(checked.map(({ id }) => id));
  if (ids.size < checked.length) refuse('model/duplicate', 'Two nodes have the same id.');
  if (!checked.some(({ op }) => op === 'input')) refuse('model/input', 'A model has an input node.');
  const output = nameOf('output', value.output);
  if (!ids.has(output)) refuse('model/node', `The output ${output} is no node.`);
  if (typeof value.name !== 'string' || value.name.length > 128) refuse('model/name', 'The name of the model must be a short text.');
  const outputs = value.outputs === undefined ? {} : { outputs: checkedOutputs(value.outputs, ids) };
  const graph: Graph = Object.freeze({ name: value.name as string, nodes: Object.freeze(checked), output, ...outputs });
  assertWithin('nodes on the longest path', depthOf(graph), depth);
  return { graph, specs: checkedSpecs(trace(graph), limits) };
}

/** Named outputs: names that are no other node's, and not `output`, which is the main one. */
function checkedOutputs(value: unknown, ids: ReadonlySet<string>): Readonly<Record<string, string>> {
  if (!isRecord(value)) return refuse('model/graph', 'The outputs must be a record.');
  const named = Object.entries(value).map(([name, id]): [string, string] => {
    const node = nameOf(`output ${name}`, id);
    if (!ids.has(node)) refuse('model/node', `The output ${name} names ${node}, which is no node.`);
    if (name === 'output' || (ids.has(name) && name !== node)) refuse('model/name', `The name ${name} of an output means something else.`);
    return [nameOf('name of an output', name), node];
  });
  return Object.freeze(Object.fromEntries(named));
}

/** A graph that passed, and what its parameters must be. */
export interface CheckedGraph {
  readonly graph: Graph;
  readonly specs: ReadonlyMap<string, ParameterSpec>;
}

function checkedNode(where: string, value: unknown, { ops }: ModelLimits): Node {
  const node = recordOf(where, value, ['id', 'op', 'attributes', 'inputs', 'parameters']);
  const id = nameOf(where, node.id);
  const op = opOf(String(node.op)).name;
  if (ops && !ops.includes(op)) refuse('model/op', `Node ${id}: op ${op} is not allowed here.`, `Allowed: ${ops.join(', ')}.`);
  if (!isRecord(node.attributes)) refuse('model/graph', `Node ${id}: attributes must be a record.`);
  if (!isRecord(node.parameters)) refuse('model/graph', `Node ${id}: parameters must be a record.`);
  if (!Array.isArray(node.inputs)) refuse('model/graph', `Node ${id}: inputs must be a list.`);
  const checked: Node = Object.freeze({
    id,
    op,
    attributes: Object.freeze({ ...(node.attributes as Record<string, Attribute>) }),
    inputs: Object.freeze((node.inputs as unknown[]).map(input => nameOf(`Node ${id}, inputs`, input))),
    parameters: Object.freeze(
      Object.fromEntries(Object.entries(node.parameters as object).map(([role, name]) => [role, nameOf(`Node ${id}, ${role}`, name)])),
    ),
  });
  assertAttributes(checked, opOf(op).attributes);
  return checked;
}

/** Nodes on the longest path; a node that reads a later one is refused here or by shape inference. */
function depthOf({ nodes }: Graph): number {
  const depth = new Map<string, number>();
  for (const { id, inputs } of nodes) depth.set(id, 1 + inputs.reduce((most, input) => Math.max(most, depth.get(input) ?? 0), 0));
  return [...depth.values()].reduce((a, b) => Math.max(a, b), 0);
}

function checkedSpecs(nodes: readonly TracedNode[], { values = 2 ** 30, macs = 1e13 }: ModelLimits): ReadonlyMap<string, ParameterSpec> {
  const specs = new Map<string, ParameterSpec>();
  let work = 0;
  for (const { node, op, inputs, output, parameters } of nodes) {
    assertWithin(`values of node ${node.id}`, sizeOf(output), values);
    work += op.macs?.(inputs, output, node.attributes) ?? 0;
    const roles = Object.keys(node.parameters);
    const wrong = [
      ...roles.filter(role => !Object.hasOwn(parameters, role)),
      ...Object.keys(parameters).filter(role => !roles.includes(role)),
    ];
    if (wrong.length > 0)
      refuse('model/parameter', `Node ${node.id} (${op.name}) must have the parameters ${Object.keys(parameters)}; got ${roles}.`);
    for (const [role, spec] of Object.entries(parameters)) addSpec(specs, node.parameters[role] as string, spec);
  }
  assertWithin('multiply-accumulates', work, macs);
  return specs;
}

function addSpec(specs: Map<string, ParameterSpec>, name: string, spec: ParameterSpec): void {
  assertValidShape(`Parameter ${name}`, spec.shape);
  const known: Shape = specs.get(name)?.shape ?? spec.shape;
  if (!sameShape(known, spec.shape))
    refuse('model/parameter', `Parameter ${name} is shared by nodes that need [${known}] and [${spec.shape}].`);
  specs.set(name, spec);
}
