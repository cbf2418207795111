import { describe, expect, it } from 'vitest';
import { l2Penalty } from '../../../lib/compress/prune/schedule/penalties.ts';
import { strokeGlyphs } from '../../../lib/data/stroke-glyphs.ts';
import { forward } from '../../../lib/model/forward.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { type Model, mapParameters } from '../../../lib/model/model.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { array, type NDArray, zeros } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { fit } from '../../../lib/train/fit.ts';
import { gradients } from '../../../lib/train/gradients.ts';
import type { TrainingHooks } from '../../../lib/train/hooks.ts';
import { joinHooks } from '../../../lib/train/join-hooks.ts';
import { crossEntropy, type Loss, lossWith } from '../../../lib/train/losses.ts';
import type { OwnedParameters } from '../../../lib/train/owned.ts';
import { sumLosses } from '../../../lib/train/sum-losses.ts';
import { guardAgainstLeaks } from '../tensor/leak-guard.ts';
import { digest } from './digest.ts';

guardAgainstLeaks();

const few = strokeGlyphs({ count: 64, seed: 1 });
const small = (): Model => mlp({ hidden: [8, 6], seed: 1 });
const sgd = { optimizer: 'sgd', learningRate: 0.1, batchSize: 64 } as const;
type Named = Readonly<Record<string, NDArray>>;

/** (1/n) Σ ‖h W - t‖² with a W of its own [8, 2] on the first hidden layer h, and t = 1. */
function hint(options: {
  readonly start?: NDArray;
  readonly decays?: boolean;
  readonly mask?: NDArray;
  readonly seen?: (owned: Named) => void;
}): Loss {
  const { start = zeros([8, 2]), decays, mask, seen } = options;
  const owns: OwnedParameters = { 'hint.kernel': { value: start, ...(mask && { mask }), ...(decays !== undefined && { decays }) } };
  return lossWith({ activations: ['relu-1'], owns, ...(seen && { afterTraining: seen }) }, (outputs, _, { activations, parameters }) =>
    tf.add(
      tf.mul(outputs.sum(), 0),
      tf.squaredDifference(tf.matMul(activations['relu-1'] as tf.Tensor, parameters['hint.kernel'] as tf.Tensor), 1).mean(),
    ),
  );
}

const ownedValue = ([owned]: readonly Named[], name: string): NDArray => owned?.[name] as NDArray;

describe('activations in a loss', () => {
  it('are those of this forward pass, and gradients flow through them', () => {
    const model = small();
    // the outputs seen as an activation give the gradients that the outputs give
    const byOutputs: Loss = (outputs, targets, context) => crossEntropy()(outputs, targets, context);
    const byActivation = lossWith({ activations: [model.output] }, (_, targets, context) =>
      crossEntropy()(context.activations[model.output] as tf.Tensor, targets, context),
    );
    expect(gradients(model, few, { loss: byActivation })).toEqual(gradients(model, few, { loss: byOutputs }));
  });

  it('are those that were asked for, the input too, and no others', async () => {
    const model = vgg({ widths: [4, 'M', 6], seed: 1 });
    const ids = [model.nodes[0]?.id as string, 'relu-1'];
    const seen: string[][] = [];
    const loss = lossWith({ activations: ids }, (outputs, targets, context) => {
      seen.push(Object.keys(context.activations));
      expect(context.activations[ids[0] as string]?.dataSync()).toEqual(context.inputs.dataSync());
      const again = tf.tidy(() => {
        let value: Float32Array | undefined;
        forward(model, context.inputs, {
          training: true,
          parameters: context.parameters,
          onActivation: (node, v) => {
            if (node.id === 'relu-1') value = v.dataSync() as Float32Array;
          },
        });
        return value as Float32Array;
      });
      // the validation pass uses running statistics, training those of the batch
      if (seen.length === 1) expect(context.activations['relu-1']?.dataSync()).toEqual(again);
      return crossEntropy()(outputs, targets, context);
    });
    const trained = await fit(model, few, { ...sgd, loss, validation: few });
    expect(seen).toEqual([ids, ids]);
    expect(digest(trained)).toBe(digest(await fit(model, few, { ...sgd, validation: few })));
  });

  it('refuses a node that the model lacks, before training, and leaves nothing behind when it throws', async () => {
    const unknown = lossWith({ activations: ['relu-9'] }, crossEntropy());
    let started = 0;
    await expect(fit(small(), few, { loss: unknown, reporter: { start: () => started++ } })).rejects.toMatchObject({
      code: 'train/activation',
    });
    expect(() => gradients(small(), few, { loss: unknown })).toThrow(expect.objectContaining({ code: 'train/activation' }));
    expect(started).toBe(0);
    const fails = lossWith({ activations: ['relu-1'] }, () => {
      throw new Error('no');
    });
    await expect(fit(small(), few, { loss: fails })).rejects.toThrow('no');
  });
});

describe('owned parameters', () => {
  it('are trained with the model by the same optimizer, and are no part of it', async () => {
    const found: Named[] = [];
    const model = small();
    const start = normal(random(3), [8, 2]);
    const loss = hint({ start, seen: owned => found.push(owned) });
    const trained = await fit(model, few, { ...sgd, epochs: 1, loss });
    expect(Object.keys(trained.parameters)).toEqual(Object.keys(model.parameters));
    expect(found).toHaveLength(1);
    // one step of sgd, by hand
    const expected = tf.tidy(() => {
      const x = tf.tensor(
        Float32Array.from(few.images.data, v => v / 255),
        [...few.images.shape],
      );
      const values: Record<string, tf.Tensor> = {};
      forward(model, x, {
        onActivation: ({ id }, v) => {
          values[id] = tf.keep(v.clone());
        },
      });
      const h = (values['relu-1'] as tf.Tensor).clone();
      tf.dispose(values);
      const w = tf.tensor(start.data, [8, 2]) as tf.Tensor2D;
      const slope = tf.matMul(h, tf.sub(tf.matMul(h, w), 1), true).div(64);
      return tf.sub(w, tf.mul(slope, 0.1)).dataSync();
    });
    for (const [i, v] of ownedValue(found, 'hint.kernel').data.entries()) expect(v).toBeCloseTo(expected[i] as number, 5);
    expect(start).toEqual(normal(random(3), [8, 2]));
  });

  it('may be all that is trained: hooks of a frozen model, a step size as LSQ has one', async () => {
    const frozen = mapParameters(small(), p => ({ ...p, trainable: false }));
    const found: Named[] = [];
    const scaling: TrainingHooks = {
      owns: { 'scale.one': { value: array([1], [1]) } },
      parameters: p => ({ 'dense-1.kernel': tf.mul(p['dense-1.kernel'] as tf.Tensor, p['scale.one'] as tf.Tensor) }),
      afterTraining: owned => found.push(owned),
    };
    const losses: number[] = [];
    const trained = await fit(frozen, few, { ...sgd, epochs: 5, hooks: scaling, reporter: { step: e => losses.push(e.loss) } });
    expect(digest(trained)).toBe(digest(frozen));
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
    expect(ownedValue(found, 'scale.one').data[0]).not.toBe(1);
  });

  it('decay like kernels, or as told', async () => {
    const end = async (decays: boolean | undefined, weightDecay: number): Promise<number[]> => {
      let found: Named = {};
      const start = normal(random(3), [8, 2]);
      await fit(small(), few, { ...sgd, weightDecay, loss: hint({ start, decays, seen: owned => (found = owned) }) });
      return [...(found['hint.kernel'] as NDArray).data] as number[];
    };
    const [none, kept, decayed, told] = [await end(undefined, 0), await end(false, 0.5), await end(undefined, 0.5), await end(true, 0.5)];
    expect(kept).toEqual(none);
    const start = normal(random(3), [8, 2]).data;
    expect(decayed).toEqual(none.map((v, i) => expect.closeTo(v - 0.1 * 0.5 * (start[i] as number), 5)));
    expect(told).toEqual(decayed);
  });

  it('keep their mask', async () => {
    let found: Named = {};
    const mask = array(
      [8, 2],
      Uint8Array.from({ length: 16 }, (_, i) => i % 2),
      'uint8',
    );
    await fit(small(), few, {
      epochs: 3,
      optimizer: 'adamW',
      loss: hint({ start: normal(random(3), [8, 2]), mask, seen: owned => (found = owned) }),
    });
    const values = [...(found['hint.kernel'] as NDArray).data];
    expect(values.filter((v, i) => i % 2 === 0 && v !== 0)).toEqual([]);
    expect(values.filter(v => v === 0)).toHaveLength(8);
    await expect(fit(small(), few, { loss: hint({ mask: zeros([2, 2], 'uint8') }) })).rejects.toMatchObject({ code: 'shape/mismatch' });
  });

  it('end as they were in the best epoch', async () => {
    const frozen = mapParameters(small(), p => ({ ...p, trainable: false }));
    const kept: number[] = [];
    let found: Named = {};
    let best = 0;
    const losses: number[] = [];
    const loss = hint({ start: normal(random(3), [8, 2]), seen: owned => (found = owned) });
    const spoiling: TrainingHooks = {
      owns: loss.owns ?? {},
      afterStep: p => kept.push((p['hint.kernel'] as tf.Variable).dataSync()[0] as number),
      afterEpoch: (p, event) => {
        losses.push(event.validationLoss as number);
        if (losses.indexOf(Math.min(...losses)) === losses.length - 1) best = kept.length - 1;
        if (event.epoch >= 2) p['hint.kernel']?.assign(tf.add(p['hint.kernel'], 100 * event.epoch));
      },
    };
    await fit(frozen, few, { ...sgd, learningRate: 0.01, epochs: 9, loss, hooks: spoiling, validation: few, earlyStop: { patience: 2 } });
    expect([losses.length, best]).toEqual([4, 1]);
    expect((found['hint.kernel'] as NDArray).data[0]).toBe(kept[best]);
  });

  it('go on where they were, when their end is the next start', async () => {
    const half = { ...sgd, epochs: 3 };
    let found: Named = {};
    const seen = (owned: Named): void => {
      found = owned;
    };
    const whole = await fit(small(), few, { ...half, epochs: 6, loss: hint({ seen }) });
    const expected = [...(found['hint.kernel'] as NDArray).data];
    const first = await fit(small(), few, { ...half, loss: hint({ seen }) });
    const second = await fit(first, few, { ...half, loss: hint({ start: found['hint.kernel'], seen }) });
    expect([...(found['hint.kernel'] as NDArray).data]).toEqual(expected.map(v => expect.closeTo(v as number, 4)));
    const kernel = (model: Model): number[] => [...(model.parameters['dense-1.kernel']?.value.data ?? [])] as number[];
    expect(kernel(second)).toEqual(kernel(whole).map(v => expect.closeTo(v, 4)));
  });

  it('are hidden from those who do not own them: a penalty on all kernels leaves the loss’s regressor alone', async () => {
    const end = async (hooks: TrainingHooks | undefined): Promise<number[]> => {
      let found: Named = {};
      const frozen = mapParameters(small(), (p, name) => ({ ...p, trainable: name === 'dense-3.kernel' }));
      const seen = (owned: Named): void => {
        found = owned;
      };
      await fit(frozen, few, { ...sgd, epochs: 2, loss: hint({ start: normal(random(3), [8, 2]), seen }), ...(hooks && { hooks }) });
      return [...(found['hint.kernel'] as NDArray).data] as number[];
    };
    expect(await end(l2Penalty({ strength: 1 }))).toEqual(await end(undefined));
    let visible: string[] = [];
    const looking: Loss = (outputs, targets, context) => {
      visible = Object.keys(context.parameters);
      return crossEntropy()(outputs, targets, context);
    };
    await fit(small(), few, { ...sgd, loss: looking, hooks: { owns: { 'mine.one': { value: zeros([1]) } } } });
    expect(visible).toEqual(Object.keys(small().parameters));
  });

  it('refuse names that are taken, before training', async () => {
    const owns = { 'dense-1.kernel': { value: zeros([1]) } };
    await expect(fit(small(), few, { hooks: { owns } })).rejects.toMatchObject({ code: 'train/owned' });
    await expect(fit(small(), few, { loss: lossWith({ owns }, crossEntropy()) })).rejects.toMatchObject({ code: 'train/owned' });
    const twice = { loss: hint({}), hooks: { owns: { 'hint.kernel': { value: zeros([1]) } } } };
    await expect(fit(small(), few, twice)).rejects.toMatchObject({ code: 'train/owned' });
  });

  it('are not reported after a run that fails, and count as no parameters of the model', async () => {
    let calls = 0;
    const abort = new AbortController();
    const reporter = {
      start: (info: { parameters: number }) => expect(info.parameters).toBe(28 * 28 * 8 + 8 + 54 + 70),
      step: () => abort.abort(),
    };
    const run = fit(small(), few, { epochs: 2, batchSize: 8, signal: abort.signal, loss: hint({ seen: () => calls++ }), reporter });
    await expect(run).rejects.toMatchObject({ code: 'train/interrupted' });
    expect(calls).toBe(0);
  });

  it('of two adversaries push one parameter apart: gradients of a shared one are turned by its owner', async () => {
    const shared = { 'game.value': { value: array([1], [1]) } };
    let found: Named = {};
    const game = lossWith({ owns: shared, afterTraining: owned => (found = owned) }, (outputs, _, { parameters }) =>
      tf.add(tf.mul(outputs.sum(), 0), (parameters['game.value'] as tf.Tensor).sum()),
    );
    const turned: TrainingHooks = {
      owns: shared,
      gradients: g => ({ ...g, 'game.value': tf.neg(g['game.value'] as tf.Tensor) }),
    };
    await fit(small(), few, { ...sgd, loss: game, hooks: turned });
    expect((found['game.value'] as NDArray).data[0]).toBeCloseTo(1.1, 5);
  });
});

describe('a sum of losses', () => {
  it('is the weighted sum, of values and gradients, and needs what its terms need', async () => {
    const model = small();
    const start = normal(random(3), [8, 2]);
    const [a, b] = [crossEntropy(), hint({ start })];
    const sum = sumLosses([0.25, a], [2, b]);
    expect(sum.activations).toEqual(['relu-1']);
    expect(sum.owns).toEqual(b.owns);
    const [ga, gb, gs] = [a, b, sum].map(loss => gradients(model, few, { loss }));
    expect(Object.keys(gs ?? {})).toEqual(Object.keys(model.parameters));
    for (const [name, { data }] of Object.entries(gs ?? {}))
      for (const [i, v] of data.entries())
        expect(v).toBeCloseTo(0.25 * (ga?.[name]?.data[i] as number) + 2 * (gb?.[name]?.data[i] as number), 5);
    const ends: Named[] = [];
    await fit(model, few, { ...sgd, loss: sumLosses([1, a], [1, hint({ seen: owned => ends.push(owned) })]), hooks: joinHooks({}, {}) });
    expect(ends.map(owned => Object.keys(owned))).toEqual([['hint.kernel']]);
  });

  it('refuses no terms, weights that are none, and names that collide', () => {
    const refused = (code: string): unknown => expect.objectContaining({ code });
    expect(() => sumLosses()).toThrow(refused('train/loss'));
    expect(() => sumLosses([Number.NaN, crossEntropy()])).toThrow(refused('train/loss'));
    expect(() => sumLosses([1, hint({})], [1, hint({})])).toThrow(refused('train/owned'));
  });
});
