import type { Dataset } from '../data/dataset.ts';
import { batchOf } from '../model/forward.ts';
import { firstInput, type Graph, type Model, nodeOf } from '../model/model.ts';
import { opOf } from '../model/ops/index.ts';
import { valuesOf } from '../model/run.ts';
import { inferShapes } from '../model/shapes.ts';
import { type NDArray, zeros } from '../tensor/array.ts';
import type { Shape } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { type Examples, examplesOf } from '../train/examples.ts';

/** The nodes that are activation functions, in the order of the graph. */
export function activationNodes(graph: Graph): readonly string[] {
  return graph.nodes.filter(({ op }) => opOf(op).activation).map(({ id }) => id);
}

/** Which values are looked at, and what is kept of each batch of each. */
export interface Summary {
  readonly nodes: Iterable<string>;
  /** What is kept of one node's value [batch, …]; runs inside a tidy. */
  readonly of: (value: tf.Tensor, id: string) => tf.Tensor;
  /** Is called after each batch with the number of examples that are done, and of all. */
  readonly onBatch?: (done: number, count: number) => void;
}

/** Which values are kept whole. */
export interface Kept {
  readonly nodes: Iterable<string>;
  /** Looks at each batch's value before it is kept; runs inside a tidy. */
  readonly look?: (value: tf.Tensor, id: string) => void;
  readonly onBatch?: Summary['onBatch'];
}

/**
 * The values of nodes for all examples, float32 [n, …], by id.
 * @throws LabError `model/node` for a node that the model lacks, `train/examples`.
 */
export function activationValues(model: Model, data: Dataset | Examples, { nodes, look, onBatch }: Kept): ReadonlyMap<string, NDArray> {
  const shapes = inferShapes(model);
  const [count = 0] = examplesOf(data).inputs.shape;
  const kept = new Map<string, NDArray>();
  const filled = new Map<string, number>();
  const of = (value: tf.Tensor, id: string): tf.Tensor => {
    look?.(value, id);
    return value;
  };
  const onValues = (values: Float32Array, id: string): void => {
    const all = kept.get(id) ?? zeros([count, ...(shapes.get(id) as Shape)]);
    const at = filled.get(id) ?? 0;
    all.data.set(values, at);
    kept.set(id, all);
    filled.set(id, at + values.length);
  };
  overBatches(model, data, { nodes, of, onBatch, onValues });
  return kept;
}

/**
 * Runs the examples through the model, 128 at a time, and lists what the summary makes of each batch, by node.
 * @throws LabError `model/node` for a node that the model lacks, `train/examples`.
 */
export function summarizeActivations(
  model: Model,
  data: Dataset | Examples,
  summary: Summary,
): ReadonlyMap<string, readonly Float32Array[]> {
  const found = new Map([...summary.nodes].map((id): [string, Float32Array[]] => [id, []]));
  overBatches(model, data, { ...summary, nodes: found.keys(), onValues: (values, id) => void found.get(id)?.push(values) });
  return found;
}

/** Runs the examples through the model and hands over what each batch of each node comes to. */
function overBatches(
  model: Model,
  data: Dataset | Examples,
  { nodes, of, onBatch, onValues }: Summary & { readonly onValues: (values: Float32Array, id: string) => void },
): void {
  const { inputs } = examplesOf(data);
  const { id: input, dtype } = firstInput(model);
  const ids = new Set(nodes);
  for (const id of ids) nodeOf(model, id);
  const [count = 0] = inputs.shape;
  for (let from = 0; from < count; from += 128) {
    tf.tidy(() => {
      const x = batchOf(inputs, { from, to: Math.min(from + 128, count), dtype });
      const values = valuesOf(model, { [input]: x }, { ids });
      for (const [id, value] of Object.entries(values)) onValues(of(value, id).dataSync() as Float32Array, id);
    });
    onBatch?.(Math.min(from + 128, count), count);
  }
}
