import type { Model } from '../model/model.ts';
import { LabError } from '../tensor/errors.ts';
import { assertActivations } from './batch-loss.ts';
import { type Watch, watch } from './early-stop.ts';
import type { Examples } from './examples.ts';
import { joinHooks } from './join-hooks.ts';
import { crossEntropy } from './losses.ts';
import { ruleOf } from './optimizers.ts';
import { checkOptions, type FitOptions } from './options.ts';
import { currentReporter, type TrainingEpoch, type TrainingReporter } from './report.ts';
import { constantSchedule, oneCycleSchedule, type Schedule } from './schedules.ts';
import { openState, type Reached } from './state.ts';
import type { StepContext } from './step.ts';
import { seeingItsOwn } from './sum-losses.ts';
import { turns } from './turn.ts';

/** A run under way: what the epochs share, and what they have done so far. */
export interface Run {
  readonly examples: Examples;
  readonly options: FitOptions;
  readonly context: StepContext;
  /** Absent when the optimizer keeps the rate it was made with. */
  readonly schedule: Schedule | undefined;
  readonly steps: number;
  readonly reporter: TrainingReporter;
  readonly started: number;
  readonly turn: () => Promise<void>;
  readonly watch: Watch | undefined;
  readonly epochs: TrainingEpoch[];
  done: number;
  best: Reached | undefined;
}

/**
 * Updates in a pass over the examples.
 * @throws LabError `train/options` when dropLast leaves none.
 */
export function updatesPerEpoch({ inputs }: Examples, { batchSize = 64, dropLast = false }: FitOptions): number {
  const batches = (inputs.shape[0] as number) / batchSize;
  if (!dropLast) return Math.ceil(batches);
  if (batches >= 1) return Math.floor(batches);
  throw new LabError(
    'train/options',
    `fit: dropLast leaves out all of ${inputs.shape[0]} examples, since a batch holds ${batchSize}.`,
    'Use a smaller batchSize, or leave dropLast out.',
  );
}

/** Checks what a run is made of, and opens it. */
export function openRun(model: Model, examples: Examples, options: FitOptions): Run {
  checkOptions(options);
  const { optimizer = 'nesterov', learningRate, weightDecay = 0 } = options;
  const loss = options.loss ?? crossEntropy();
  assertActivations(model, loss);
  // what the loss owns is trained like what a hook owns, and hidden from the hooks
  const hooks = joinHooks({ owns: loss.owns, afterTraining: loss.afterTraining }, options.hooks);
  const rule = ruleOf(optimizer);
  const perEpoch = updatesPerEpoch(examples, options);
  const usual = rule.learningRate ? oneCycleSchedule(rule.learningRate) : undefined;
  const schedule = typeof learningRate === 'number' ? constantSchedule(learningRate) : (learningRate ?? usual);
  const epochs = options.epochs ?? (options.steps === undefined ? 1 : Number.POSITIVE_INFINITY);
  const steps = Math.min(options.steps ?? Number.POSITIVE_INFINITY, epochs * perEpoch);
  const watched = options.earlyStop && watch(options.earlyStop);
  const made = rule.make({ weightDecay, decays: variable => state.decays(variable) });
  // last, so that nothing is left behind when something above is refused
  const state = openState(model, hooks.owns);
  return {
    examples,
    options,
    context: {
      model,
      optimizer: made,
      state,
      loss: hooks.owns ? seeingItsOwn(loss, hooks.owns) : loss,
      hooks,
      precision: options.precision,
    },
    schedule,
    steps,
    reporter: options.reporter ?? currentReporter(),
    started: performance.now(),
    turn: turns(options.signal),
    watch: watched,
    epochs: [],
    done: 0,
    best: undefined,
  };
}
