import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Quantization } from './quantization/quantization.ts';

/** Plain attribute values of a node: they survive JSON. */
export type Attribute = string | number | boolean | readonly number[];

/** Attributes of a node, by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * A named value of the model. `mask` holds 1 where a weight is kept; masked weights are exactly 0 and stay so in training. The value of a quantized
 * one is integers; `realValue` gives the numbers that they stand for, `realShape` their shape, which vector code books make larger than the value's.
 */
export interface Parameter {
  readonly value: NDArray;
  readonly trainable: boolean;
  readonly mask?: NDArray;
  readonly quantization?: Quantization;
}

/** One operation. `parameters` maps the op's role (kernel, bias, gamma …) to the name of a parameter of the model. */
export interface Node {
  readonly id: string;
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The structure of a network: nodes in topological order, without values. Everything that only counts (parameters, MACs, activations)
 * works on it. Nodes of op `input` carry the attribute `shape`, without the batch axis, and may say their dtype.
 */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  /** The node whose value `forward` returns. */
  readonly output: string;
  /** Further values that the model gives, by a name of their own: the node of each. */
  readonly outputs?: Readonly<Record<string, string>>;
}

/** A network as plain data: a graph and the values of its named parameters. */
export interface Model extends Graph {
  readonly parameters: Readonly<Record<string, Parameter>>;
}

/** The same graph with some parameters replaced (or given a mask, a quantization …). Names that the model lacks are refused. */
export function withParameters(model: Model, changes: Readonly<Record<string, Partial<Parameter>>>): Model {
  const parameters = { ...model.parameters };
  for (const [name, change] of Object.entries(changes)) {
    const old = parameters[name];
    if (!old)
      throw new LabError(
        'model/parameter',
        `Model ${model.name} has no parameter ${name}.`,
        `It has: ${Object.keys(parameters).join(', ')}.`,
      );
    parameters[name] = Object.freeze({ ...old, ...change });
  }
  return Object.freeze({ ...model, parameters: Object.freeze(parameters) });
}

/** The same graph with every parameter passed through `fn(parameter, name)`. */
export function mapParameters(model: Model, fn: (parameter: Parameter, name: string) => Parameter): Model {
  const parameters = Object.fromEntries(Object.entries(model.parameters).map(([name, p]) => [name, Object.freeze(fn(p, name))]));
  return Object.freeze({ ...model, parameters: Object.freeze(parameters) });
}

/** The node with this id. */
export function nodeOf(model: Graph, id: string): Node {
  const node = model.nodes.find(n => n.id === id);
  if (!node)
    throw new LabError('model/node', `Model ${model.name} has no node ${id}.`, `It has: ${model.nodes.map(n => n.id).join(', ')}.`);
  return node;
}

/** What an input node takes: real numbers (bytes of images are scaled to 0–1), or whole numbers such as token ids, as they are. */
export type InputDType = 'float32' | 'int32';

/** An input of a model. */
export interface Input {
  readonly id: string;
  /** Without the batch axis. */
  readonly shape: Shape;
  readonly dtype: InputDType;
}

/** What an input node says. */
export function inputOf({ id, attributes }: Node): Input {
  const { shape, dtype = 'float32' } = attributes as { shape: Shape; dtype?: InputDType };
  return { id, shape, dtype };
}

/** The inputs, in order. */
export function inputsOf(graph: Graph): readonly Input[] {
  return graph.nodes.filter(({ op }) => op === 'input').map(inputOf);
}

/** The nodes whose values leave the model: that of `output`, then those of `outputs`. */
export function outputNodes({ output, outputs = {} }: Graph): ReadonlySet<string> {
  return new Set([output, ...Object.values(outputs)]);
}

/**
 * The first input of a model.
 * @throws LabError `model/input` for a graph without inputs.
 */
export function firstInput(graph: Graph): Input {
  const [input] = inputsOf(graph);
  if (input) return input;
  throw new LabError('model/input', `Model ${graph.name} has no input node.`, 'A model starts with a node of op "input".');
}

/** Shape of the model's first input, without the batch axis. */
export function inputShape(graph: Graph): Shape {
  return firstInput(graph).shape;
}
