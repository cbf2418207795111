import type { Precision } from '../tensor/bfloat16.ts';
import { LabError } from '../tensor/errors.ts';
import { assertShape } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { upload } from '../tensor/upload.ts';
import { wholeNumbers } from '../tensor/whole.ts';
import { type Graph, inputOf, inputsOf, type Model, type Node, nodeOf } from './model.ts';
import { opOf } from './ops/index.ts';
import { realValue } from './real-value.ts';

export interface ForwardOptions {
  /** Batch norm takes the batch's own statistics and reports them. Default false. */
  readonly training?: boolean;
  /** Tensors to compute with in place of the model's own parameters, by name (training passes its variables). */
  readonly parameters?: Readonly<Record<string, tf.Tensor>>;
  /**
   * Receives the batch's own value of each running statistic, by parameter name (of a variance the unbiased one); the running one moves by
   * old ← momentum · old + (1 - momentum) · value, where a momentum of 1 leaves it. Values live as long as the enclosing tidy: read or keep them at once.
   */
  readonly onStatistic?: (parameterName: string, value: tf.Tensor, momentum: number) => void;
  /** By the id of a node: what all that read it get in place of its value, of the same shape. Gradients flow back through it. */
  readonly values?: Readonly<Record<string, (value: tf.Tensor) => tf.Tensor>>;
  /** Sees the value of every node; it must not dispose it. Without it, only nodes that the wanted values need are computed. */
  readonly onActivation?: (node: Node, value: tf.Tensor) => void;
}

/** Options of `run`. */
export interface RunOptions extends ForwardOptions {
  /** Names of outputs, or ids of any nodes; default `output` and all named outputs. */
  readonly wanted?: readonly string[];
}

/**
 * Computes named values of a model for batches of its inputs: tensors [n, …input shape] by the inputs' ids → tensors [n, …] by the names that are
 * wanted (of outputs, or ids of any nodes). Inputs that nothing wanted needs may be left out. Gradients flow through it. Everything but the
 * results is disposed, unless it runs inside a gradient.
 * @throws LabError `model/input` for a batch that is missing or too many, `model/wanted` for a name of nothing, `shape/mismatch`,
 * `model/whole` for an int32 input that gets other numbers.
 * @example
 * const model = network('two', [3]).dense(2, { id: 'small' }).relu().dense(1).model();
 * tf.tidy(() => run(model, { input: tf.ones([5, 3]) }, ['small']).small?.shape); // → [5, 2]
 */
export function run(
  model: Model,
  inputs: Readonly<Record<string, tf.Tensor>>,
  options: readonly string[] | RunOptions = {},
): Record<string, tf.Tensor> {
  const { wanted = outputNames(model), ...forward }: RunOptions = isList(options) ? { wanted: options } : options;
  const nodes = wantedNodes(model, wanted);
  const values = valuesOf(model, inputs, { ...forward, ids: Object.values(nodes) });
  return Object.fromEntries(Object.entries(nodes).map(([name, id]) => [name, values[id] as tf.Tensor]));
}

/**
 * As `run`, for ids of nodes that are known to be there: what the library itself asks with, since a name may stand for an output and for a node.
 * @throws LabError `model/input`, `shape/mismatch`, `model/node` for an id in `values` that there is not.
 */
export function valuesOf(
  model: Model,
  inputs: Readonly<Record<string, tf.Tensor>>,
  options: ForwardOptions & { readonly ids: Iterable<string>; readonly precision?: Precision },
): Record<string, tf.Tensor> {
  const ids = [...options.ids];
  const needed = options.onActivation ? undefined : ancestors(model, ids);
  assertInputs(model, inputs, needed);
  const changed = Object.keys(options.values ?? {}).map(id => nodeOf(model, id).id);
  const shown = (id: string, value: tf.Tensor): tf.Tensor => options.values?.[id]?.(value) ?? value;
  return tf.tidy(() => {
    const values = new Map<string, tf.Tensor>();
    const along = needed ? activationsAlong(model, new Set([...ids, ...changed])) : new Map<string, Node>();
    for (const node of model.nodes) {
      if ((needed && !needed.has(node.id)) || values.has(node.id)) continue;
      const next = along.get(node.id);
      const value = node.op === 'input' ? entering(node, inputs) : compute(model, node, { values, options, along: next?.op });
      if (next) values.set(next.id, shown(next.id, value));
      options.onActivation?.(node, value);
      values.set(node.id, shown(node.id, value));
    }
    const given = new Set(Object.values(inputs));
    return Object.fromEntries(
      ids.map(id => {
        const value = values.get(id) as tf.Tensor;
        return [id, given.has(value) ? value.clone() : value];
      }),
    );
  });
}

const isList = (options: readonly string[] | RunOptions): options is readonly string[] => Array.isArray(options);
const outputNames = ({ outputs = {} }: Graph): readonly string[] => ['output', ...Object.keys(outputs)];

/** The node of each wanted name. A named output goes before a node of the same name; `output` is the main one. */
function wantedNodes(graph: Graph, wanted: readonly string[]): Record<string, string> {
  const named: Readonly<Record<string, string>> = { output: graph.output, ...graph.outputs };
  const ids = new Set(graph.nodes.map(({ id }) => id));
  return Object.fromEntries(
    wanted.map(name => {
      const id = Object.hasOwn(named, name) ? (named[name] as string) : name;
      if (ids.has(id)) return [name, id];
      const known = [...outputNames(graph), ...ids].join(', ');
      throw new LabError('model/wanted', `Model ${graph.name} has no output and no node ${name}.`, `It has: ${known}.`);
    }),
  );
}

/** The nodes that these need, themselves included. */
export function ancestors({ nodes }: Graph, ids: readonly string[]): ReadonlySet<string> {
  const needed = new Set(ids);
  for (const { id, inputs } of [...nodes].reverse()) if (needed.has(id)) for (const input of inputs) needed.add(input);
  return needed;
}

function assertInputs(model: Model, inputs: Readonly<Record<string, tf.Tensor>>, needed?: ReadonlySet<string>): void {
  const wanted = inputsOf(model);
  const names = wanted.map(({ id }) => id).join(', ');
  const stray = Object.keys(inputs).find(id => !wanted.some(input => input.id === id));
  if (stray !== undefined) throw new LabError('model/input', `Model ${model.name} has no input ${stray}.`, `Its inputs: ${names}.`);
  let batch: number | undefined;
  for (const { id, shape } of wanted) {
    const x = inputs[id];
    if (!x) {
      if (needed && !needed.has(id)) continue;
      throw new LabError('model/input', `Model ${model.name} lacks a batch for its input ${id}.`, `Its inputs: ${names}.`);
    }
    batch ??= x.shape[0] ?? 0;
    const what = wanted.length === 1 ? `The batch given to ${model.name}` : `The batch given to input ${id} of ${model.name}`;
    assertShape(what, [batch, ...shape], x.shape);
  }
}

/** The batch of an input, in the input's dtype. */
function entering(node: Node, inputs: Readonly<Record<string, tf.Tensor>>): tf.Tensor {
  const x = inputs[node.id] as tf.Tensor;
  if (inputOf(node).dtype !== 'int32' || x.dtype === 'int32') return x;
  return tf.tensor(wholeNumbers(`Input ${node.id}`, x.dataSync()), x.shape, 'int32');
}

/** Nodes whose one reader is an activation function that they can compute along with themselves, unless their own value is wanted too: by id, that reader. */
function activationsAlong({ nodes }: Graph, wanted: ReadonlySet<string>): ReadonlyMap<string, Node> {
  const readers = new Map<string, Node[]>();
  for (const node of nodes) for (const id of node.inputs) readers.set(id, [...(readers.get(id) ?? []), node]);
  const found = new Map<string, Node>();
  for (const { id, op } of nodes) {
    const [reader, ...others] = readers.get(id) ?? [];
    if (reader && others.length === 0 && !wanted.has(id) && opOf(op).alongWith?.includes(reader.op)) found.set(id, reader);
  }
  return found;
}

interface Run {
  readonly values: ReadonlyMap<string, tf.Tensor>;
  readonly along?: string;
  readonly options: ForwardOptions & { readonly precision?: Precision };
}

function compute(model: Model, node: Node, { values, options, along }: Run): tf.Tensor {
  const parameters: Record<string, tf.Tensor> = {};
  for (const [role, name] of Object.entries(node.parameters)) parameters[role] = options.parameters?.[name] ?? uploaded(model, name);
  return opOf(node.op).forward({
    inputs: node.inputs.map(id => values.get(id) as tf.Tensor),
    parameters,
    attributes: node.attributes,
    training: options.training ?? false,
    precision: options.precision,
    along,
    onStatistic: (role, value, momentum) => options.onStatistic?.(node.parameters[role] as string, value, momentum),
  });
}

function uploaded(model: Model, name: string): tf.Tensor {
  const parameter = model.parameters[name];
  if (parameter) return upload(realValue(parameter));
  throw new LabError('model/parameter', `Model ${model.name} has no value for ${name}.`, 'Give the graph values with initialize(graph).');
}
