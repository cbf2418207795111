/** What a run is about to do. `epochs` and `stepsPerEpoch` are upper bounds: early stopping and `steps` can end it sooner. */
export interface TrainingStart {
  readonly model: string;
  readonly parameters: number;
  readonly examples: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly batchSize: number;
}

/** One update of the parameters. `step` counts from 1 over the whole run, `epoch` from 1; `loss` is that batch's loss before the update. */
export interface TrainingStep {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly elapsedMilliseconds: number;
}

/** One pass over the data: mean loss of its batches and, for class labels (0 and 1 for one output), accuracy (0–1); the validation values when there is such data. */
export interface TrainingEpoch {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy?: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly learningRate: number;
  readonly elapsedMilliseconds: number;
}

/** How a run ended. `epoch` and `steps` are what was done; `epochs` holds every epoch's values, in order. */
export interface TrainingEnd {
  readonly reason: 'finished' | 'early-stop' | 'interrupted' | 'failed';
  readonly steps: number;
  readonly epochs: readonly TrainingEpoch[];
  readonly elapsedMilliseconds: number;
}

/**
 * Hears of a training run as it goes. Calls come in the order start, then steps and epochs, then end, which always comes; they happen between
 * updates, so a slow reporter slows training down. What it throws ends the run.
 */
export interface TrainingReporter {
  start?(info: TrainingStart): void;
  step?(event: TrainingStep): void;
  epoch?(event: TrainingEpoch): void;
  end?(event: TrainingEnd): void;
}

let current: () => TrainingReporter = () => ({});

/**
 * Makes `factory` serve every later run that names no reporter of its own: it is called once a run, so that a reporter can keep that run's state.
 * Returns the one before, so that it can be put back; `undefined` means silence.
 */
export function setReporter(factory: (() => TrainingReporter) | undefined): () => TrainingReporter {
  const before = current;
  current = factory ?? (() => ({}));
  return before;
}

/** A reporter for a new run. */
export function currentReporter(): TrainingReporter {
  return current();
}
