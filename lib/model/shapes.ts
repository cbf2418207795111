import { LabError } from '../tensor/errors.ts';
import { assertValidShape, type Shape } from '../tensor/shape.ts';
import type { Graph, Node } from './model.ts';
import { type OpName, opOf } from './ops/index.ts';
import type { Op, ParameterSpec } from './ops/op.ts';

/** Runs `fn` and names the node in the error it throws, if any. */
function at<T>(node: Node, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    throw new LabError(error.code, `Node ${node.id} (${node.op}): ${error.message}`, error.hint);
  }
}

/** Shapes that enter a node, read from the shapes found so far. */
function inputShapesOf(node: Node, shapes: ReadonlyMap<string, Shape>): readonly Shape[] {
  return node.inputs.map(id => {
    const shape = shapes.get(id);
    if (shape) return shape;
    throw new LabError('model/order', `Node ${node.id} reads ${id}, which does not come before it.`, 'Nodes stand in topological order.');
  });
}

function assertArity({ id, op, inputs }: Node, arity: Op['arity']): void {
  if (arity === 'many' ? inputs.length >= 2 : inputs.length === arity) return;
  const expected = arity === 'many' ? 'at least 2' : arity;
  throw new LabError('model/arity', `Node ${id} (${op}) has ${inputs.length} inputs; ${op} takes ${expected}.`, 'Check its inputs.');
}

/** What one op sees: the shapes of its inputs and of its output. */
export interface NodeShapes {
  readonly inputs: readonly Shape[];
  readonly output: Shape;
}

/** Shapes in and out of one node, from the shapes of the nodes before it. */
export function inferNode(node: Node, shapes: ReadonlyMap<string, Shape>): NodeShapes {
  const op = opOf(node.op);
  assertArity(node, op.arity);
  const inputs = inputShapesOf(node, shapes);
  const output = at(node, () => op.infer(inputs, node.attributes));
  assertValidShape(`Node ${node.id} (${node.op})`, output);
  return { inputs, output };
}

/** What each parameter of one node must be, by role. */
export function specsOf(node: Node, inputs: readonly Shape[]): Readonly<Record<string, ParameterSpec>> {
  return opOf(node.op).parameters?.(inputs, node.attributes) ?? {};
}

/** A node with everything that follows from the graph: its op, the shapes in and out, its parameters by role. */
export interface TracedNode extends NodeShapes {
  readonly node: Node;
  readonly op: Op<OpName>;
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
}

/**
 * Walks the graph once, inferring shapes (without the batch axis) and parameters.
 * @throws LabError `model/window`, `model/rank`, `shape/mismatch` …, naming the node whose inputs do not fit.
 */
export function trace(graph: Graph): readonly TracedNode[] {
  const shapes = new Map<string, Shape>();
  return graph.nodes.map(node => {
    const { inputs, output } = inferNode(node, shapes);
    shapes.set(node.id, output);
    return { node, op: opOf(node.op), inputs, output, parameters: specsOf(node, inputs) };
  });
}

/** Shape of every node's value, without the batch axis. Throws as `trace` does. */
export function inferShapes(graph: Graph): ReadonlyMap<string, Shape> {
  return new Map(trace(graph).map(({ node, output }) => [node.id, output]));
}

/** What each parameter of the graph must be, by name: shape, whether it is trained, first value. */
export function parameterSpecs(graph: Graph): Readonly<Record<string, ParameterSpec>> {
  const named = trace(graph).flatMap(({ node, parameters }) =>
    Object.entries(parameters).map(([role, spec]) => [node.parameters[role] as string, spec] as const),
  );
  return Object.fromEntries(named);
}
