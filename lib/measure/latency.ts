import { inputsOf, type Model } from '../model/model.ts';
import { run } from '../model/run.ts';
import { LabError } from '../tensor/errors.ts';
import { tf } from '../tensor/tf.ts';
import { type Latency, summarizeTimes } from './times.ts';

/** How often a model is timed, and on what. */
export interface LatencyOptions {
  /** Samples in the batch that is timed; default 1. */
  readonly batch?: number;
  /** Runs that are not timed, to fill caches and plan kernels; default 5. */
  readonly warmUp?: number;
  /** Timed runs; default 30. */
  readonly runs?: number;
}

/**
 * Times `run` on this machine: `warmUp` calls first, then `runs` timed ones.
 * @throws LabError `measure/runs` unless runs ≥ 1 and warmUp ≥ 0.
 */
export function timed(run: () => void, options: Omit<LatencyOptions, 'batch'> = {}): Latency {
  const { warmUp = 5, runs = 30 } = options;
  if (!Number.isInteger(warmUp) || warmUp < 0)
    throw new LabError('measure/runs', `warmUp must be a whole number ≥ 0; got ${warmUp}.`, 'Five fill the caches.');
  if (!Number.isInteger(runs) || runs < 1)
    throw new LabError('measure/runs', `runs must be a whole number ≥ 1; got ${runs}.`, 'Thirty runs give a steady median.');
  for (let i = 0; i < warmUp; i++) run();
  const samples = Array.from({ length: runs }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return summarizeTimes(samples);
}

/**
 * Time of a forward pass on this machine, until the result is read. Other work on the machine makes it longer, so compare minima or medians
 * of the same session.
 * @throws LabError `measure/runs` unless batch and runs are ≥ 1.
 * @example
 * const { medianMs } = latency(mlp({ input: [4], hidden: [8], classes: 2 }), { runs: 3 });
 */
export function latency(model: Model, options: LatencyOptions = {}): Latency {
  const { batch = 1 } = options;
  if (!Number.isInteger(batch) || batch < 1)
    throw new LabError('measure/runs', `batch must be a whole number ≥ 1; got ${batch}.`, 'One sample is what a device sees.');
  const inputs = Object.fromEntries(
    inputsOf(model).map(({ id, shape, dtype }) => {
      return [id, dtype === 'int32' ? tf.zeros([batch, ...shape], 'int32') : tf.randomUniform([batch, ...shape], 0, 1, 'float32', 1)];
    }),
  );
  try {
    return timed(() => {
      tf.tidy(() => run(model, inputs, ['output']).output?.dataSync());
    }, options);
  } finally {
    tf.dispose(inputs);
  }
}
