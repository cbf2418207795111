import { batchOrder } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { firstInput, type Model } from '../model/model.ts';
import { LabError } from '../tensor/errors.ts';
import { random } from '../tensor/random.ts';
import { tf } from '../tensor/tf.ts';
import type { LossBatch } from './batch-loss.ts';
import { evaluate } from './evaluate.ts';
import { batchTensors, type Examples, examplesOf } from './examples.ts';
import { assertReached, dataNotFinite } from './not-finite.ts';
import { learningRateOf, setLearningRate } from './optimizers.ts';
import type { FitOptions } from './options.ts';
import type { TrainingEnd, TrainingEpoch } from './report.ts';
import { openRun, type Run, updatesPerEpoch } from './run.ts';
import type { Schedule } from './schedules.ts';
import type { Reached } from './state.ts';
import { trainStep } from './step.ts';

/**
 * Trains a copy of `model` on a dataset (or on inputs and targets) and returns it: minibatch gradient descent on the mean loss. The input model
 * stays as it is; masked weights stay exactly 0; batch norm's running statistics move along. Same seed, same weights bit for bit, for the
 * same versions and thread count. It gives way to the event loop after each update.
 * @throws LabError `train/interrupted` on abort; `train/diverged` when the loss or what the last update left is not finite, saying what is not (the
 * data, the weights, the loss); `train/options`, `train/precision`, `train/schedule`, `train/examples`, and what the loss refuses (`train/loss`, `train/label`);
 * `train/activation`, `train/owned` for a loss or hooks that do not fit the model.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const model = await fit(mlp({ hidden: [16] }), data, { epochs: 2, optimizer: 'adam', learningRate: 0.01, seed: 7 });
 */
export async function fit(model: Model, data: Dataset | Examples, options: FitOptions = {}): Promise<Model> {
  const run = openRun(model, examplesOf(data), options);
  let reason: TrainingEnd['reason'] = 'failed';
  try {
    announce(run, model);
    for (let epoch = 1; run.done < run.steps && !run.watch?.stop; epoch++) await runEpoch(run, epoch);
    const reached = reachedBy(run);
    run.context.hooks.afterTraining?.(reached.owned);
    reason = run.watch?.stop ? 'early-stop' : 'finished';
    return reached.model;
  } catch (error) {
    if (error instanceof LabError && error.code === 'train/interrupted') reason = 'interrupted';
    throw error;
  } finally {
    run.context.state.dispose();
    run.context.optimizer.dispose();
    run.reporter.end?.({ reason, steps: run.done, epochs: run.epochs, elapsedMilliseconds: performance.now() - run.started });
  }
}

/** What the run hands over: the best epoch under early stop, or the end. */
function reachedBy({ best, context, done }: Run): Reached {
  const reached = best ?? context.state.reached();
  const owned = Object.fromEntries(Object.entries(reached.owned).map(([name, value]) => [name, { value }]));
  assertReached({ ...reached.model.parameters, ...owned }, { update: done, learningRate: learningRateOf(context.optimizer) });
  return reached;
}

function announce({ reporter, options, examples, context, steps }: Run, model: Model): void {
  const { batchSize = 64 } = options;
  const count = examples.inputs.shape[0] as number;
  const stepsPerEpoch = updatesPerEpoch(examples, options);
  const parameters = Object.keys(model.parameters).reduce((sum, name) => sum + (context.state.variables[name]?.size ?? 0), 0);
  reporter.start?.({ model: model.name, parameters, examples: count, epochs: Math.ceil(steps / stepsPerEpoch), stepsPerEpoch, batchSize });
}

async function runEpoch(run: Run, epoch: number): Promise<void> {
  const { examples, options } = run;
  const { batchSize = 64, seed = 0, dropLast = false } = options;
  const rng = random(seed).split(`augment ${epoch}`);
  const sum: { loss: number; correct?: number; count: number } = { loss: 0, correct: 0, count: 0 };
  for (const indices of batchOrder(examples.inputs.shape[0] as number, { batchSize, seed, epoch, dropLast })) {
    if (run.done >= run.steps) break;
    await run.turn();
    const batch = batchTensors(examples, indices, { augment: options.augment, rng, dtype: firstInput(run.context.model).dtype });
    try {
      const source = { inputs: examples.inputs, indices, augmented: options.augment !== undefined };
      const { loss, correct } = update(run, epoch, { ...batch, source });
      sum.loss += loss * indices.length;
      sum.correct = correct === undefined || sum.correct === undefined ? undefined : sum.correct + correct;
      sum.count += indices.length;
    } finally {
      tf.dispose([batch.x, batch.y]);
    }
  }
  await closeEpoch(run, epoch, { loss: sum.loss / sum.count, ...(sum.correct === undefined ? {} : { accuracy: sum.correct / sum.count }) });
}

function update(run: Run, epoch: number, batch: LossBatch): { loss: number; correct?: number } {
  const { optimizer } = run.context;
  if (run.schedule) setLearningRate(optimizer, rateOf(run.schedule, run));
  const learningRate = learningRateOf(optimizer);
  const result = trainStep(run.context, { ...batch, update: run.done + 1, progress: { step: run.done, steps: run.steps } });
  run.done++;
  const event = { step: run.done, epoch, loss: result.loss, learningRate, elapsedMilliseconds: performance.now() - run.started };
  tf.tidy(() => run.context.hooks.afterStep?.(run.context.state.variables, event));
  run.reporter.step?.(event);
  return result;
}

function rateOf(schedule: Schedule, { done, steps }: Run): number {
  const rate = schedule(done, steps);
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw new LabError('train/schedule', `The schedule gives ${rate} at update ${done + 1} of ${steps}.`, 'A rate is a number from 0.');
}

async function closeEpoch(run: Run, epoch: number, measured: { loss: number; accuracy?: number }): Promise<void> {
  const { options, context, turn } = run;
  const validated =
    options.validation &&
    (await evaluate(context.model, examplesOf(options.validation), {
      ...context,
      batchSize: 256,
      turn,
      progress: { step: run.done, steps: run.steps },
    }));
  const event: TrainingEpoch = {
    epoch,
    ...measured,
    ...(validated && { validationLoss: validated.loss, validationAccuracy: validated.accuracy }),
    learningRate: learningRateOf(context.optimizer),
    elapsedMilliseconds: performance.now() - run.started,
  };
  run.epochs.push(Object.freeze(event));
  if (validated && run.watch) {
    if (Number.isNaN(validated.loss)) throw validationNotFinite(run, epoch);
    run.watch.see(validated.loss);
  }
  // Before the hook: the best model is the one whose loss was measured.
  if (run.watch?.better) run.best = context.state.reached();
  tf.tidy(() => context.hooks.afterEpoch?.(context.state.variables, event));
  run.reporter.epoch?.(event);
}

/** Early stop ranks validation losses, and NaN has no rank. */
function validationNotFinite({ options, context }: Run, epoch: number): LabError {
  const { inputs, targets } = examplesOf(options.validation as Examples);
  return (
    dataNotFinite({ input: inputs, target: targets }, 'of the validation data') ??
    new LabError(
      'train/diverged',
      `The validation loss of epoch ${epoch} is NaN, though the validation data are finite.`,
      `Lower the learning rate (now ${learningRateOf(context.optimizer)}), or train without earlyStop to see how the loss goes.`,
    )
  );
}
