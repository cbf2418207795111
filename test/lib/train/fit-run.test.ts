import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { strokeGlyphs } from '../../../lib/data/stroke-glyphs.ts';
import { predict } from '../../../lib/model/forward.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { mapParameters } from '../../../lib/model/model.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { array } from '../../../lib/tensor/array.ts';
import { random } from '../../../lib/tensor/random.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { fit } from '../../../lib/train/fit.ts';
import { crossEntropy } from '../../../lib/train/losses.ts';
import type { OptimizerName } from '../../../lib/train/optimizers.ts';
import { setReporter, type TrainingEnd, type TrainingReporter } from '../../../lib/train/report.ts';
import { digest } from './digest.ts';

const train = strokeGlyphs({ count: 2_000, seed: 1 });
const _test = strokeGlyphs({ count: 500, first: 2_000, seed: 1 });
const few = strokeGlyphs({ count: 96, seed: 1 });
const small = () => vgg({ widths: [8, 'M', 16, 'M', 16], seed: 3 });

afterEach(() => setReporter(undefined));

describe('a run', () => {
  it('leaves the model it was given as it was, and freezes what it returns', async () => {
    const model = small();
    const before = digest(model);
    const after = await fit(model, few, { seed: 1 });
    expect(digest(model)).toEqual(before);
    expect(digest(after)).not.toEqual(before);
    expect(Object.isFrozen(after) && Object.isFrozen(after.parameters)).toBe(true);
    const moved = Object.keys(model.parameters).filter(n => !model.parameters[n]?.trainable);
    expect(moved.length).toBeGreaterThan(0);
    for (const name of moved) expect(after.parameters[name]?.value.data).not.toEqual(model.parameters[name]?.value.data);
  });

  it('gives the same bits for the same seed, in another process too, and others for another seed', async () => {
    const options = { epochs: 2, batchSize: 32, augment: { flip: true, shift: 1 }, weightDecay: 1e-3 };
    const [a, b, c] = [
      await fit(small(), few, { ...options, seed: 5 }),
      await fit(small(), few, { ...options, seed: 5 }),
      await fit(small(), few, { ...options, seed: 6 }),
    ];
    expect(digest(a)).toEqual(digest(b));
    expect(digest(c)).not.toEqual(digest(a));
    const child = execFileSync(process.execPath, [join(import.meta.dirname, 'train-once.ts'), JSON.stringify({ ...options, seed: 5 })], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(child.toString()).toBe(digest(a));
  });

  it('is not disturbed by another run at the same time', async () => {
    const alone = digest(await fit(small(), few, { epochs: 2, seed: 5 }));
    const [a, b] = await Promise.all([
      fit(small(), few, { epochs: 2, seed: 5 }),
      fit(small(), few, { epochs: 3, seed: 6, optimizer: 'adam' }),
    ]);
    expect(digest(a)).toBe(alone);
    expect(digest(b)).not.toBe(alone);
  });

  it('leaks no tensor, also when it fails', async () => {
    await fit(small(), few);
    const before = tensorCount();
    await fit(small(), few, { epochs: 3, validation: few, earlyStop: { patience: 1 } });
    expect(tensorCount()).toBe(before);
    const fails = () => {
      throw new Error('no');
    };
    await expect(fit(small(), few, { loss: fails })).rejects.toThrow('no');
    await expect(fit(small(), few, { hooks: { afterStep: fails } })).rejects.toThrow('no');
    await expect(fit(small(), few, { reporter: { step: fails } })).rejects.toThrow('no');
    await expect(fit(small(), few, { learningRate: 1e30, epochs: 9 })).rejects.toMatchObject({ code: 'train/diverged' });
    expect(tensorCount()).toBe(before);
  });

  it('stops at the next update when its signal fires, says so, and the next run is sound', async () => {
    const controller = new AbortController();
    const before = tensorCount();
    const ends: TrainingEnd[] = [];
    const reporter: TrainingReporter = { step: e => e.step === 3 && controller.abort(), end: e => ends.push(e) };
    const run = fit(small(), train, { epochs: 5, signal: controller.signal, reporter });
    await expect(run).rejects.toMatchObject({ code: 'train/interrupted' });
    expect(ends).toMatchObject([{ reason: 'interrupted', steps: 3 }]);
    expect(tensorCount()).toBe(before);
    expect(digest(await fit(small(), few, { seed: 5 }))).toEqual(digest(await fit(small(), few, { seed: 5 })));
  });

  it('listens to the signal of the notebook it runs in', async () => {
    const controller = new AbortController();
    const place = globalThis as { [key: symbol]: unknown };
    const key = Symbol.for('tinylab.kernel');
    place[key] = { signal: () => controller.signal };
    try {
      const reporter = { step: () => controller.abort() };
      await expect(fit(small(), few, { epochs: 5, reporter })).rejects.toMatchObject({ code: 'train/interrupted' });
    } finally {
      delete place[key];
    }
  });

  it('lets the event loop turn between updates', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await fit(small(), few, { epochs: 5, batchSize: 8 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it('reports start, steps, epochs and the end in order, to the reporter in force', async () => {
    const calls: string[] = [];
    setReporter(() => ({
      start: i => calls.push(`start ${i.examples}/${i.batchSize} ${i.epochs}x${i.stepsPerEpoch}`),
      step: e => calls.push(`step ${e.step} of epoch ${e.epoch}`),
      epoch: e => calls.push(`epoch ${e.epoch} ${e.validationLoss !== undefined} ${(e.accuracy ?? -1) >= 0 && (e.accuracy ?? 2) <= 1}`),
      end: e => calls.push(`end ${e.reason} ${e.steps} ${e.epochs.length}`),
    }));
    await fit(small(), few, { epochs: 2, batchSize: 64, steps: 3, validation: few });
    expect(calls).toEqual([
      'start 96/64 2x2',
      'step 1 of epoch 1',
      'step 2 of epoch 1',
      'epoch 1 true true',
      'step 3 of epoch 2',
      'epoch 2 true true',
      'end finished 3 2',
    ]);
  });
});

describe('masks', () => {
  it.each(['nesterov', 'adamW'] satisfies OptimizerName[])(
    'stay exactly 0 under %s and weight decay, while the rest learns',
    async optimizer => {
      const rng = random(4);
      const masked = mapParameters(small(), p =>
        p.value.shape.length < 2
          ? p
          : {
              ...p,
              mask: array(
                p.value.shape,
                Uint8Array.from(p.value.data, () => rng.int(0, 1)),
                'uint8',
              ),
            },
      );
      const after = await fit(masked, few, { epochs: 3, optimizer, weightDecay: 0.01, augment: { flip: true } });
      for (const [name, { value, mask }] of Object.entries(after.parameters)) {
        if (!mask) continue;
        expect(mask).toBe(masked.parameters[name]?.mask);
        for (const [i, keep] of mask.data.entries()) {
          if (keep) expect(value.data[i]).not.toBe(masked.parameters[name]?.value.data[i]);
          else expect(value.data[i] === 0).toBe(true);
        }
      }
    },
  );
});

describe('hooks', () => {
  it('may replace gradients: with none, only running statistics move', async () => {
    const model = small();
    const still = {
      gradients: (g: Readonly<Record<string, tf.Tensor>>) => Object.fromEntries(Object.entries(g).map(([n, t]) => [n, tf.zerosLike(t)])),
    };
    const after = await fit(model, few, { hooks: still });
    for (const [name, { trainable, value }] of Object.entries(model.parameters)) {
      if (trainable) expect(after.parameters[name]?.value.data).toEqual(value.data);
      else expect(after.parameters[name]?.value.data).not.toEqual(value.data);
    }
  });

  it('may change what the forward pass uses, and parameters after an update or an epoch', async () => {
    const model = mlp({ input: [28, 28, 1], hidden: [4], classes: 10, seed: 1 });
    const kernel = Object.keys(model.parameters).find(n => n.endsWith('kernel')) as string;
    const seen: number[] = [];
    const before = tensorCount();
    const after = await fit(model, few, {
      batchSize: 48,
      hooks: {
        parameters: p => ({ [kernel]: tf.mul(p[kernel] as tf.Tensor, 0) }),
        afterStep: (p, event) => {
          seen.push(event.step);
          p[kernel]?.assign(tf.onesLike(p[kernel]));
        },
        afterEpoch: p => p[kernel]?.assign(tf.mul(p[kernel], 3)),
      },
    });
    expect(seen).toEqual([1, 2]);
    expect(new Set(after.parameters[kernel]?.value.data)).toEqual(new Set([3]));
    expect(tensorCount()).toBe(before);
  });
});

describe('early stop', () => {
  it('ends after `patience` epochs without a better validation loss and returns the best model', async () => {
    const model = mlp({ input: [28, 28, 1], hidden: [4], classes: 10, seed: 1 });
    const ends: TrainingEnd[] = [];
    const spoil = (p: Readonly<Record<string, tf.Variable>>) => {
      for (const variable of Object.values(p)) variable.assign(tf.mul(variable, -5));
    };
    const options = { epochs: 9, validation: few, earlyStop: { patience: 2 }, hooks: { afterEpoch: spoil } };
    const best = await fit(model, few, { ...options, reporter: { end: e => ends.push(e) } });
    const losses = ends[0]?.epochs.map(e => e.validationLoss as number) ?? [];
    expect(ends[0]?.reason).toBe('early-stop');
    expect(losses).toHaveLength(losses.indexOf(Math.min(...losses)) + 3);
    const loss = tf.tidy(() => {
      const scores = upload(predict(best, few.images));
      return crossEntropy()(scores, upload(few.labels), { inputs: scores, parameters: {}, activations: {} }).dataSync()[0];
    });
    expect(loss).toBeCloseTo(Math.min(...losses), 5);
  });
});
