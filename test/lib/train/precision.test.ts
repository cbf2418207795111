import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { strokeGlyphs } from '../../../lib/data/stroke-glyphs.ts';
import { predict } from '../../../lib/model/forward.ts';
import { firstInput, type Model, withParameters } from '../../../lib/model/model.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { affineFormat, trainQuantized } from '../../../lib/quantize.ts';
import { array } from '../../../lib/tensor/array.ts';
import { bfloat16Missing, type Precision } from '../../../lib/tensor/bfloat16.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { batchTensors, correctAnswers, examplesOf } from '../../../lib/train/examples.ts';
import { fit } from '../../../lib/train/fit.ts';
import { lossGradients } from '../../../lib/train/gradients.ts';
import { crossEntropy } from '../../../lib/train/losses.ts';
import { openState } from '../../../lib/train/state.ts';
import { digest } from './digest.ts';

const missing = bfloat16Missing();
const on = describe.runIf(missing === undefined);
const few = strokeGlyphs({ count: 96, seed: 1 });
const small = (): Model => vgg({ widths: [8, 'M', 16, 'M', 16], seed: 3 });
const bf16 = { precision: 'bf16', batchSize: 32 } as const;

const held = (model: Model): number[] => Object.values(model.parameters).flatMap(({ value }) => [...(value.data as Float32Array)]);
/** Whether bfloat16 holds the number. */
const short = (value: number): boolean => ((new Uint32Array(new Float32Array([value]).buffer)[0] as number) & 0xffff) === 0;

/** The gradients of one batch, as one vector. */
function slope(model: Model, precision: Precision): number[] {
  const state = openState(model);
  try {
    return tf.tidy(() => {
      const all = Int32Array.from({ length: 96 }, (_, i) => i);
      const batch = batchTensors(examplesOf(few), all, { dtype: firstInput(model).dtype });
      const { gradients } = lossGradients(model, state, { ...batch, loss: crossEntropy(), training: true, precision });
      return Object.values(gradients).flatMap(gradient => [...gradient.dataSync()]);
    });
  } finally {
    state.dispose();
  }
}

on('training in bf16', () => {
  it('takes nearly the way of float32, and not the same', () => {
    const [rough, exact] = [slope(small(), 'bf16'), slope(small(), 'float32')];
    const norm = (values: readonly number[]): number => Math.hypot(...values);
    const off = norm(rough.map((value, i) => value - (exact[i] as number))) / norm(exact);
    // Each layer rounds by 2⁻⁹ at most, relative, in both directions: of four layers and three roundings each, less than 2⁻⁹ · 24 together.
    expect(off).toBeLessThan(0.05);
    expect(off).toBeGreaterThan(1e-4);
  });

  it('learns', async () => {
    const train = strokeGlyphs({ count: 2_000, seed: 1 });
    const test = strokeGlyphs({ count: 500, first: 2_000, seed: 1 });
    const model = await fit(small(), train, { ...bf16, epochs: 4, seed: 1 });
    const correct = tf.tidy(() => correctAnswers(upload(predict(model, test.images)), upload(test.labels)) ?? 0);
    expect(correct / 500).toBeGreaterThan(0.9);
  });

  it('gives the same bits for the same seed, others than float32, and leaves no tensor behind', async () => {
    const first = digest(await fit(small(), few, { ...bf16, seed: 5 }));
    const before = tensorCount();
    expect(digest(await fit(small(), few, { ...bf16, seed: 5 }))).toBe(first);
    expect(tensorCount()).toBe(before);
    expect(digest(await fit(small(), few, { batchSize: 32, seed: 5 }))).not.toBe(first);
  });

  it('keeps weights in float32, finer than bfloat16, and goes on from them', async () => {
    const model = await fit(small(), few, { ...bf16, seed: 1 });
    expect(Object.values(model.parameters).every(({ value }) => value.dtype === 'float32')).toBe(true);
    expect(held(model).filter(short).length).toBeLessThan(held(model).length / 10);
    // Steps that bfloat16 would round away move the weights all the same.
    const on = await fit(model, few, { ...bf16, seed: 2, learningRate: 1e-6, optimizer: 'sgd' });
    const moved = held(on).filter((value, i) => value !== held(model)[i] && Math.abs(value - (held(model)[i] as number)) < 1e-4);
    expect(moved.length).toBeGreaterThan(0);
  });

  it('keeps masked weights at 0', async () => {
    const model = small();
    const [name, parameter] = Object.entries(model.parameters).find(
      ([, { trainable, value }]) => trainable && value.shape.length === 4,
    ) as [string, Model['parameters'][string]];
    const mask = array(
      parameter.value.shape,
      Uint8Array.from(parameter.value.data, (_, i) => i % 2),
    );
    const values = Float32Array.from(parameter.value.data as Float32Array, (value, i) => (i % 2 ? value : 0));
    const masked = withParameters(model, { [name]: { ...parameter, value: array(parameter.value.shape, values), mask } });
    const trained = (await fit(masked, few, { ...bf16, seed: 1 })).parameters[name]?.value.data as Float32Array;
    expect(trained.every((value, i) => (i % 2 ? true : value === 0))).toBe(true);
    expect(trained.some(value => value !== 0)).toBe(true);
  });

  it('works with hooks and with training of quantized weights', async () => {
    let seen = 0;
    const hooks = { gradients: <T>(gradients: T) => (seen++, gradients) };
    const weights = { format: affineFormat({ bits: 4, symmetric: true }) };
    const model = await trainQuantized(small(), few, { ...bf16, seed: 1, weights, hooks });
    expect(seen).toBe(3);
    expect(Object.values(model.parameters).some(({ quantization }) => quantization !== undefined)).toBe(true);
  });

  it('says what is not finite', async () => {
    const images = Float32Array.from({ length: 32 * 28 * 28 }, (_, i) => (i === 77 ? Number.NaN : 0.5));
    const labels = array(
      [32],
      Int32Array.from({ length: 32 }, (_, i) => i % 10),
    );
    const data = { inputs: array([32, 28, 28, 1], images), targets: labels };
    await expect(fit(small(), data, { ...bf16 })).rejects.toMatchObject({
      code: 'train/diverged',
      message: expect.stringContaining('NaN'),
    });
  });
});

describe('precision', () => {
  it('refuses what is none', async () => {
    await expect(fit(small(), few, { precision: 'fp16' as Precision })).rejects.toMatchObject({ code: 'train/options' });
  });

  it('refuses bf16 where the processor has none, and says so', () => {
    const fitting = join(import.meta.dirname, '../../../lib/index.ts');
    const script = `const { fit, mlp, strokeGlyphs } = await import(${JSON.stringify(fitting)});
      await fit(mlp({ input: [28, 28, 1], hidden: [], classes: 10 }), strokeGlyphs({ count: 8, seed: 1 }), { precision: 'bf16' })
        .then(() => console.log('trained'), error => console.log(error.code, error.message));`;
    const env = { ...process.env, TINYLAB_ISA: 'plain' };
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(told).toMatch(/^train\/precision fit: precision 'bf16' needs .*(TINYLAB_ISA=plain|not built)/);
  });
});
