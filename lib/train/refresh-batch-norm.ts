import { batchOrder } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { forward } from '../model/forward.ts';
import { firstInput, type Model, withParameters } from '../model/model.ts';
import { array } from '../tensor/array.ts';
import { tf } from '../tensor/tf.ts';
import { batchTensors, type Examples, examplesOf } from './examples.ts';
import { statisticsOf } from './statistics-of.ts';
import { turns } from './turn.ts';

export interface RefreshOptions {
  /** Number of batches to average over; 20 unless told, at most what the data has. */
  readonly batches?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Measures batch norm's running mean and variance afresh, as the mean of the statistics of some batches, and leaves every weight as it is.
 * After pruning or quantizing, old statistics no longer fit the activations, and this alone recovers much of the accuracy.
 * @throws LabError `train/interrupted` on abort, `train/examples`.
 * @example
 * const model = await refreshBatchNorm(vgg({ widths: [4] }), strokeGlyphs({ count: 64, seed: 1 }));
 */
export async function refreshBatchNorm(model: Model, data: Dataset | Examples, options: RefreshOptions = {}): Promise<Model> {
  const { batches = 20, batchSize = 64, seed = 0, signal } = options;
  const examples = examplesOf(data);
  const turn = turns(signal);
  const sums = new Map([...statisticsOf(model)].map(name => [name, new Float64Array(model.parameters[name]?.value.data.length ?? 0)]));
  let count = 0;
  for (const indices of batchOrder(examples.inputs.shape[0] as number, { batchSize, seed })) {
    if (count++ === batches) break;
    await turn();
    tf.tidy(() => measure(model, batchTensors(examples, indices, { dtype: firstInput(model).dtype }).x, sums));
  }
  const used = Math.min(count, batches);
  const refreshed = [...sums].map(([name, sum]) => {
    const { shape } = model.parameters[name]?.value ?? { shape: [] };
    return [
      name,
      {
        value: array(
          shape,
          Float32Array.from(sum, v => v / used),
        ),
      },
    ];
  });
  return withParameters(model, Object.fromEntries(refreshed));
}

/** Adds the batch's own statistics to `sums`. */
function measure(model: Model, x: tf.Tensor, sums: ReadonlyMap<string, Float64Array>): void {
  const onStatistic = (name: string, value: tf.Tensor): void => {
    const sum = sums.get(name) as Float64Array;
    for (const [i, v] of value.dataSync().entries()) sum[i] = (sum[i] as number) + v;
  };
  forward(model, x, { training: true, onStatistic });
}
