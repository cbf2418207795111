import type { Augmentation } from '../data/augment.ts';
import type { Dataset } from '../data/dataset.ts';
import { bfloat16Missing, type Precision } from '../tensor/bfloat16.ts';
import { LabError } from '../tensor/errors.ts';
import type { EarlyStop } from './early-stop.ts';
import type { Examples } from './examples.ts';
import type { TrainingHooks } from './hooks.ts';
import type { Loss } from './losses.ts';
import type { OptimizerChoice } from './optimizers.ts';
import type { TrainingReporter } from './report.ts';
import type { Schedule } from './schedules.ts';

/** How `fit` trains. */
export interface FitOptions {
  /** Passes over the data; default 1, or as many as `steps` needs. */
  readonly epochs?: number;
  /** Ends after this many updates, also in the middle of a pass. Schedules span it. */
  readonly steps?: number;
  /** Examples in an update; default 64. Batch norm learns nothing from a batch of one value for each channel (see `dropLast`). */
  readonly batchSize?: number;
  /** Leaves out the last batch of each pass when it is not full; default false. Other examples are left out in each pass. */
  readonly dropLast?: boolean;
  /** Order of the examples and draws of the augmentation; default 0. */
  readonly seed?: number;
  /** Default: softmax cross-entropy. */
  readonly loss?: Loss;
  /** Default `nesterov`. */
  readonly optimizer?: OptimizerChoice;
  /** A number stands for a constant rate. Default: one cycle, with a peak that suits the optimizer. */
  readonly learningRate?: number | Schedule;
  /**
   * `bf16`: convolutions, dense layers and products of matrices are computed from numbers rounded to bfloat16 (8 significant bits), in both directions;
   * weights, sums, batch norm, depthwise convolutions, the loss, the optimizer and validation stay in float32. Default `float32`. More in README.md.
   */
  readonly precision?: Precision;
  /** λ of the decay of kernels (parameters of two axes or more; never biases or batch norm); default 0. */
  readonly weightDecay?: number;
  /** Changes to the images, drawn anew in each pass; default: none. */
  readonly augment?: Augmentation;
  /** Evaluated after each epoch. */
  readonly validation?: Dataset | Examples;
  /** Needs `validation`; the model with the lowest validation loss is returned. */
  readonly earlyStop?: EarlyStop;
  /** Where a technique steps in; `joinHooks` makes one of several. */
  readonly hooks?: TrainingHooks;
  /** Stops the run at the next update; default: the interrupt button, in a notebook. */
  readonly signal?: AbortSignal;
  /** Is called as this run goes, in place of the one that `setReporter` put in force. */
  readonly reporter?: TrainingReporter;
}

/**
 * Refuses options that make no sense.
 * @throws LabError `train/options`, naming the option; `train/precision` where nothing computes in bfloat16.
 */
export function checkOptions(options: FitOptions): void {
  const { epochs = 1, steps = 1, batchSize = 64, weightDecay = 0 } = options;
  for (const [name, value] of Object.entries({ epochs, steps, batchSize })) {
    if (!Number.isInteger(value) || value < 1) throw refusal(`${name} is a positive whole number; got ${value}`);
  }
  if (!Number.isFinite(weightDecay) || weightDecay < 0) throw refusal(`weightDecay is a number from 0; got ${weightDecay}`);
  checkPrecision(options.precision);
  if (options.earlyStop && !options.validation) throw refusal('earlyStop watches the validation loss, and there is no validation');
}

function checkPrecision(precision: Precision = 'float32'): void {
  if (precision !== 'float32' && precision !== 'bf16') throw refusal(`precision is 'float32' or 'bf16'; got ${String(precision)}`);
  const missing = precision === 'bf16' ? bfloat16Missing() : undefined;
  if (missing === undefined) return;
  throw new LabError(
    'train/precision',
    `fit: precision 'bf16' needs a processor with products of bfloat16 numbers, and ${missing}.`,
    'Leave precision out, for float32. npx tinylab doctor says what this machine has.',
  );
}

function refusal(what: string): LabError {
  return new LabError('train/options', `fit: ${what}.`, 'See the options of fit.');
}
