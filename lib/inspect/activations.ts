import type { Dataset } from '../data/dataset.ts';
import { batchOf } from '../model/forward.ts';
import { firstInput, type Graph, type Model, nodeOf } from '../model/model.ts';
import { opOf } from '../model/ops/index.ts';
import { valuesOf } from '../model/run.ts';
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

/**
 * Runs the examples through the model, 128 at a time, and lists what the summary makes of each batch, by node.
 * @throws LabError `model/node` for a node that the model lacks, `train/examples`.
 */
export function summarizeActivations(
  model: Model,
  data: Dataset | Examples,
  { nodes, of, onBatch }: Summary,
): ReadonlyMap<string, readonly Float32Array[]> {
  const { inputs } = examplesOf(data);
  const { id: input, dtype } = firstInput(model);
  const ids = new Set(nodes);
  for (const id of ids) nodeOf(model, id);
  const found = new Map([...ids].map((id): [string, Float32Array[]] => [id, []]));
  const [count = 0] = inputs.shape;
  for (let from = 0; from < count; from += 128) {
    tf.tidy(() => {
      const x = batchOf(inputs, { from, to: Math.min(from + 128, count), dtype });
      const values = valuesOf(model, { [input]: x }, { ids });
      for (const [id, value] of Object.entries(values)) found.get(id)?.push(of(value, id).dataSync() as Float32Array);
    });
    onBatch?.(Math.min(from + 128, count), count);
  }
  return found;
}
