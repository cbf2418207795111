import { batchOrder } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { firstInput, type Model, type Node, withParameters } from '../model/model.ts';
import { valuesOf } from '../model/run.ts';
import { array } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { firstNotFinite } from '../tensor/finite.ts';
import { tf } from '../tensor/tf.ts';
import { batchTensors, type Examples, examplesOf } from './examples.ts';
import { dataNotFinite } from './not-finite.ts';
import { turns } from './turn.ts';

export interface RefreshOptions {
  /** Number of batches to take the statistics of; 20 unless told, at most what the data has. */
  readonly batches?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Measures batch norm's running mean and variance afresh, as those of all values that some batches bring together, and leaves every weight as it is:
 * μ = Σ nᵢ μᵢ / N and σ² = Σ nᵢ (σᵢ² + (μᵢ - μ)²) / (N - 1), where batch i has nᵢ values for each channel and N = Σ nᵢ. So the size of the batches, and
 * a last one that is small, matter only as far as they change what comes in from layers below.
 * After pruning or quantizing, old statistics no longer fit the activations, and this alone recovers much of the accuracy.
 * @throws LabError `train/interrupted` on abort, `train/examples`, `train/options`, `data/batch`; `train/diverged` when a statistic is not finite.
 * @example
 * const model = await refreshBatchNorm(vgg({ widths: [4] }), strokeGlyphs({ count: 64, seed: 1 }));
 */
export async function refreshBatchNorm(model: Model, data: Dataset | Examples, options: RefreshOptions = {}): Promise<Model> {
  const { batches = 20, batchSize = 64, seed = 0, signal } = options;
  if (!Number.isInteger(batches) || batches < 1)
    throw new LabError('train/options', `refreshBatchNorm: batches is a positive whole number; got ${batches}.`, 'Usual is 20.');
  const examples = examplesOf(data);
  const turn = turns(signal);
  const norms = normsOf(model);
  const seen = new Map<string, Seen[]>();
  let count = 0;
  for (const indices of batchOrder(examples.inputs.shape[0] as number, { batchSize, seed })) {
    if (count++ === batches) break;
    await turn();
    tf.tidy(() => measure({ model, norms }, batchTensors(examples, indices, { dtype: firstInput(model).dtype }).x, seen));
  }
  const found = Object.fromEntries([...seen.values()].flatMap(pooled));
  for (const [name, values] of Object.entries(found)) if (firstNotFinite(values) >= 0) throw notFinite(name, examples);
  return withParameters(
    model,
    Object.fromEntries(Object.entries(found).map(([name, values]) => [name, { value: array([values.length], values) }])),
  );
}

/** What one batch shows to one batch norm: values of a channel, their mean, and the sum of squares about it. */
interface Seen {
  readonly names: Readonly<Record<'mean' | 'variance', string>>;
  readonly n: number;
  readonly mean: Float32Array;
  readonly squares: Float64Array;
}

/** Adds what one batch shows, by the name of the mean, which several batch norms may share. */
function measure({ model, norms }: { model: Model; norms: readonly Node[] }, x: tf.Tensor, seen: Map<string, Seen[]>): void {
  const shown: Float32Array[] = [];
  const onStatistic = (_: string, value: tf.Tensor): number => shown.push(value.dataSync() as Float32Array);
  const ids = norms.map(({ id }) => id);
  const values = valuesOf(model, { [firstInput(model).id]: x }, { ids, training: true, onStatistic });
  for (const [i, { id, parameters }] of norms.entries()) {
    // they report in the order in which they stand, the mean first
    const [mean, variance] = shown.slice(2 * i) as [Float32Array, Float32Array];
    const n = (values[id] as tf.Tensor).size / mean.length;
    const squares = Float64Array.from(variance, unbiased => unbiased * (n - 1));
    const names = parameters as Seen['names'];
    seen.set(names.mean, [...(seen.get(names.mean) ?? []), { names, n, mean, squares }]);
  }
}

/** The batch norms that the first input alone decides. */
function normsOf(model: Model): readonly Node[] {
  const known = new Set([firstInput(model).id]);
  for (const { id, op, inputs } of model.nodes) if (op !== 'input' && inputs.every(input => known.has(input))) known.add(id);
  return model.nodes.filter(({ id, op }) => op === 'batch-norm' && known.has(id));
}

/** Mean and variance of all values that the batches brought; one value has no variance, and tells nothing. */
function pooled(batches: readonly Seen[]): [string, Float32Array][] {
  const [{ names, mean: first }] = batches as [Seen];
  const total = batches.reduce((sum, { n }) => sum + n, 0);
  if (total < 2) return [];
  const mean = Float64Array.from(first, (_, c) => batches.reduce((sum, b) => sum + b.n * b.mean[c], 0) / total);
  const variance = Float32Array.from(first, (_, c) => {
    const squares = batches.reduce((sum, b) => sum + b.squares[c] + b.n * (b.mean[c] - mean[c]) ** 2, 0);
    return squares / (total - 1);
  });
  return [
    [names.mean, Float32Array.from(mean)],
    [names.variance, variance],
  ];
}

function notFinite(name: string, { inputs, targets }: Examples): LabError {
  return (
    dataNotFinite({ input: inputs, target: targets }, 'of the data') ??
    new LabError('train/diverged', `The statistic ${name} is not finite, though the data are.`, 'Do the weights hold NaN or infinities?')
  );
}
