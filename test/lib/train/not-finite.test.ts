import { describe, expect, it } from 'vitest';
import { network } from '../../../lib/model/build.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { type Model, withParameters } from '../../../lib/model/model.ts';
import { array, filled, type NDArray, zeros } from '../../../lib/tensor/array.ts';
import type { LabError } from '../../../lib/tensor/errors.ts';
import { firstNotFinite } from '../../../lib/tensor/finite.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { fit } from '../../../lib/train/fit.ts';
import { meanSquaredError } from '../../../lib/train/losses.ts';
import type { FitOptions } from '../../../lib/train/options.ts';
import type { TrainingEnd } from '../../../lib/train/report.ts';

const [nan, infinite] = [Number.NaN, Number.POSITIVE_INFINITY];
const model = (): Model => mlp({ input: [2], hidden: [3], classes: 2, seed: 1 });
const inputs = normal(random(1), [8, 2]);
const labels = array([8], [0, 1, 0, 1, 0, 1, 0, 1], 'int32');
const put = (values: NDArray, at: number, value: number): NDArray => array(values.shape, (values.data as Float32Array).with(at, value));

/** How a run ended, and the error that ended it. */
async function ended(
  net: Model,
  data: { inputs: NDArray; targets: NDArray },
  options: FitOptions = {},
): Promise<TrainingEnd & { error: LabError }> {
  const ends: TrainingEnd[] = [];
  const before = tensorCount();
  const error = await fit(net, data, { ...options, reporter: { end: end => ends.push(end) } }).then(
    () => undefined,
    thrown => thrown as LabError,
  );
  expect(tensorCount()).toBe(before);
  expect(ends[0]?.reason).toBe('failed');
  expect(error).toMatchObject({ name: 'LabError', code: 'train/diverged' });
  return { ...(ends[0] as TrainingEnd), error: error as LabError };
}

describe('what is not finite is said', () => {
  it.each([nan, infinite, -infinite])('data: an input of %f', async value => {
    const { error, steps } = await ended(model(), { inputs: put(inputs, 5, value), targets: labels }, { batchSize: 8, epochs: 3 });
    expect(error.message).toMatch(/data.*input of example \d of|input of example \d in the batch of update 1/);
    expect(error.message).toContain(String(value));
    expect(error.hint).not.toMatch(/learning rate/);
    expect(steps).toBe(0);
  });

  it('data: a target', async () => {
    const targets = put(normal(random(2), [8, 2]), 9, nan);
    const { error } = await ended(model(), { inputs, targets }, { loss: meanSquaredError() });
    expect(error.message).toMatch(/data.*target.*NaN/);
    expect(error.hint).not.toMatch(/learning rate/);
  });

  it('data of a later update: not the rate', async () => {
    const { error, steps } = await ended(model(), { inputs: put(inputs, 5, nan), targets: labels }, { batchSize: 1, seed: 3 });
    expect(error.message).toMatch(/input of example 0/);
    expect(error.hint).not.toMatch(/learning rate/);
    expect(steps).toBeGreaterThan(0);
  });

  it.each(['dense-1.kernel', 'dense-2.bias'])('weights that a model comes with, trained or frozen: %s', async name => {
    for (const trainable of [true, false]) {
      const value = filled(model().parameters[name]?.value.shape ?? [], nan);
      const { error } = await ended(withParameters(model(), { [name]: { value, trainable } }), { inputs, targets: labels });
      expect(error.message).toContain(`weights are not finite: ${name} holds NaN before the first update`);
      expect(error.hint).not.toMatch(/learning rate/);
    }
  });

  it('weights that are never read in the loss of this run, statistics among them, are found at the end', async () => {
    const net = network('n', [2]).batchNorm({ id: 'bn' }).dense(2).model();
    const spoilt = withParameters(net, { 'bn.variance': { value: filled([2], nan) } });
    const { error } = await ended(spoilt, { inputs, targets: labels });
    expect(error.message).toContain('bn.variance holds NaN after update 1, the last one');
  });

  it('the loss alone, at update 1: not the rate', async () => {
    const { error } = await ended(model(), { inputs: filled([8, 2], 3e38), targets: labels });
    expect(error.message).toMatch(/loss of update 1 is .*finite/);
    expect(error.hint).not.toMatch(/learning rate/);
    const root = (y: tf.Tensor): tf.Scalar => tf.log(tf.sub(tf.sum(tf.square(y)), 1e9)).asScalar();
    expect((await ended(model(), { inputs, targets: labels }, { loss: root })).error.message).toContain('The loss of update 1 is NaN');
  });

  it('an update: the rate', async () => {
    const { error, steps } = await ended(model(), { inputs, targets: labels }, { learningRate: 1e38, optimizer: 'sgd', epochs: 20 });
    expect(error.message).toMatch(/The loss of update \d+ is|after update \d+/);
    expect(error.hint).toContain('Lower the learning rate (now 1e+38)');
    expect(steps).toBeGreaterThan(0);
  });
});

describe('a run whose last update left something that is not finite', () => {
  const overflow = { inputs: array([1, 2], [1e30, 1e30]), targets: array([1], [1], 'int32') };

  it('fails and says so', async () => {
    const net = mlp({ input: [2], hidden: [], classes: 2 });
    const { error, steps } = await ended(net, overflow, { steps: 1, learningRate: 1e20, optimizer: 'sgd' });
    expect(error.message).toMatch(/weights are not finite: dense-1.kernel holds -?Infinity after update 1, the last one/);
    expect(error.hint).toContain('Lower the learning rate (now 100000000000000000000)');
    expect(steps).toBe(1);
  });

  it('fails for what a loss owns, and does not hand it over', async () => {
    const own = { value: zeros([1]) };
    let handed = false;
    const loss = Object.assign(
      (y: tf.Tensor, _: tf.Tensor, { parameters }: { parameters: Record<string, tf.Tensor> }) =>
        tf.add(tf.mean(y), tf.mul(tf.sum(parameters['my.own'] as tf.Tensor), 3e38)).asScalar(),
      {
        owns: { 'my.own': own },
        afterTraining: () => {
          handed = true;
        },
      },
    );
    const { error } = await ended(
      model(),
      { inputs, targets: labels },
      { loss: loss as never, steps: 1, learningRate: 1e10, optimizer: 'sgd' },
    );
    expect(error.message).toContain('my.own');
    expect(handed).toBe(false);
  });

  it('is given back as it was at its best epoch, under early stop, when that was sound', async () => {
    const validation = { inputs, targets: labels };
    let epochs = 0;
    const hooks = {
      afterEpoch: (p: Readonly<Record<string, tf.Variable>>) => {
        if (++epochs === 2) for (const variable of Object.values(p)) variable.assign(tf.fill(variable.shape, infinite));
      },
    };
    const best = await fit(model(), validation, { epochs: 2, validation, earlyStop: { patience: 5 }, hooks });
    expect(Object.values(best.parameters).every(({ value }) => firstNotFinite(value.data) < 0)).toBe(true);
  });
});

it('early stop refuses a validation loss of NaN, saying where it comes from; without it the run only reports', async () => {
  const validation = { inputs: put(inputs, 3, nan), targets: labels };
  const { error } = await ended(model(), { inputs, targets: labels }, { validation, earlyStop: { patience: 2 } });
  expect(error.message).toMatch(/input of example 1 of the validation data/);
  const seen: (number | undefined)[] = [];
  await fit(
    model(),
    { inputs, targets: labels },
    { validation, reporter: { epoch: e => seen.push(e.validationLoss, e.validationAccuracy) } },
  );
  expect(seen[0]).toBeNaN();
  expect(seen[1]).toBeLessThanOrEqual(7 / 8);
});

it('one function decides what is finite', () => {
  for (const [values, at] of [
    [[1, nan], 1],
    [[-infinite], 0],
    [Float32Array.of(1, 2, infinite, nan), 2],
    [Float32Array.of(3.4e38, -0, 1e-45), -1],
    [Int32Array.of(-1, 2147483647), -1],
    [[], -1],
  ] as const)
    expect(firstNotFinite(values)).toBe(at);
});
