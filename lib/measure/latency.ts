import { inputsOf, type Model } from '../model/model.ts';
import { run } from '../model/run.ts';
import { LabError } from '../tensor/errors.ts';
import { tf } from '../tensor/tf.ts';

/** How often a model is timed, and on what. */
export interface LatencyOptions {
  /** Samples in the batch that is timed; default 1. */
  readonly batch?: number;
  /** Runs that are not timed, to fill caches and plan kernels; default 5. */
  readonly warmUp?: number;
  /** Timed runs; default 30. */
  readonly runs?: number;
}

/** Times of one forward pass in milliseconds. */
export interface Latency {
  /** Half of all runs are faster. */
  readonly medianMs: number;
  /** The fastest run. */
  readonly minMs: number;
  /** Interquartile range: half of all runs lie this close together. */
  readonly spreadMs: number;
  /** Every timed run, in order. */
  readonly samplesMs: readonly number[];
}

/** Median, minimum and spread of times in milliseconds. */
export function summarizeTimes(samplesMs: readonly number[]): Latency {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  return {
    medianMs: quantile(sorted, 0.5),
    minMs: quantile(sorted, 0),
    spreadMs: quantile(sorted, 0.75) - quantile(sorted, 0.25),
    samplesMs,
  };
}

/** Linear interpolation between the two nearest of the sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  return below + (at % 1) * (sorted[Math.ceil(at)] - below);
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
