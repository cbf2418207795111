import { describe, expect, it } from 'vitest';
import { pruneMagnitude } from '../../../../../lib/compress/prune/magnitude.ts';
import { binarize } from '../../../../../lib/compress/quantize/binary/binary.ts';
import { binaryTraining } from '../../../../../lib/compress/quantize/binary/binary-training.ts';
import { ternarize } from '../../../../../lib/compress/quantize/binary/ternary.ts';
import { ternaryTraining } from '../../../../../lib/compress/quantize/binary/ternary-training.ts';
import { trainedTernary } from '../../../../../lib/compress/quantize/binary/trained-ternary.ts';
import { axis, group } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { trainQuantized } from '../../../../../lib/compress/quantize/schedule/train-quantized.ts';
import type { WeightTraining } from '../../../../../lib/compress/quantize/schedule/weight-training.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { network } from '../../../../../lib/model/build.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Model, type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';
import { fit } from '../../../../../lib/train/fit.ts';

const kernel = 'dense-1.kernel';
const weights = array([4, 3], [0.5, -2, 0.2, -0.1, 1.5, 0, 0.9, -0.3, -1, 1.2, 0.05, -0.6]);
const net = withParameters(mlp({ input: [4], hidden: [], classes: 3, seed: 1 }), { [kernel]: { value: weights } });
const upstream = normal(random(3), [4, 3], {});

/** What the forward pass makes of the kernel, and the gradients of Σ upstream · that by the kernel and by what the technique owns. */
function passed({ hooks }: WeightTraining): { readonly value: number[]; readonly gradients: Readonly<Record<string, number[]>> } {
  const named: Record<string, NDArray> = { [kernel]: weights };
  for (const [name, { value }] of Object.entries(hooks.owns ?? {})) named[name] = value;
  const names = Object.keys(named);
  return tf.tidy(() => {
    const of = (tensors: readonly tf.Tensor[]): tf.Tensor =>
      hooks.parameters?.(Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor])))[kernel] as tf.Tensor;
    const tensors = names.map(name => upload(named[name] as NDArray));
    const gradients = tf.grads((...all: tf.Tensor[]) => tf.sum(tf.mul(of(all), upload(upstream))) as tf.Scalar)(tensors);
    return {
      value: [...of(tensors).dataSync()],
      gradients: Object.fromEntries(names.map((name, i) => [name, [...(gradients[i] as tf.Tensor).dataSync()]])),
    };
  });
}

const close = (found: readonly number[] | undefined, expected: ArrayLike<number>): void => {
  expect(found?.length).toBe(expected.length);
  for (const [i, x] of (found ?? []).entries()) expect(x).toBeCloseTo(expected[i] as number, 5);
};
const real = (stored: Pick<Parameter, 'value' | 'quantization'>): ArrayLike<number> => realValue({ ...stored, trainable: true }).data;
const g = (i: number): number => upstream.data[i] as number;
const w = [...weights.data] as number[];

describe('forward passes and gradients', () => {
  it('BNN: signs, and 1 for |W| ≤ 1', () => {
    const { value, gradients } = passed(binaryTraining(net, { scale: 'none' }));
    close(value, real(binarize({ value: weights }, { scale: 'none' })));
    close(
      gradients[kernel],
      w.map((x, i) => (Math.abs(x) <= 1 ? g(i) : 0)),
    );
  });

  it('BWN: α times signs, and 1 / n + α for |W| ≤ 1, for each filter', () => {
    const { value, gradients } = passed(binaryTraining(net));
    close(value, real(binarize({ value: weights })));
    const alpha = (i: number): number => [0, 1, 2, 3].reduce((sum, row) => sum + Math.abs(w[row * 3 + (i % 3)] as number), 0) / 4;
    close(
      gradients[kernel],
      w.map((x, i) => g(i) * (1 / 4 + (Math.abs(x) <= 1 ? alpha(i) : 0))),
    );
  });

  it.each([undefined, axis(-1), axis(0)])('TWN: what ternarize makes, and the gradient straight through', granularity => {
    const { value, gradients } = passed(ternaryTraining(net, { granularity }));
    close(value, real(ternarize({ value: weights }, { granularity })));
    close(gradients[kernel], upstream.data);
  });

  it('TTQ: two scales that get gradients, each of its own weights', () => {
    const technique = trainedTernary(net, { threshold: 0.2 });
    const { value, gradients } = passed(technique);
    const [up, down] = [w.map(x => x > 0.4), w.map(x => x < -0.4)];
    const kept = w.filter(x => Math.abs(x) > 0.4);
    const scale = kept.reduce((sum, x) => sum + Math.abs(x), 0) / kept.length;
    close(
      value,
      w.map((_, i) => (up[i] ? scale : down[i] ? -scale : 0)),
    );
    close(
      gradients[kernel],
      w.map((_, i) => g(i) * (up[i] || down[i] ? scale : 1)),
    );
    const sums = (which: readonly boolean[]): number => w.reduce((sum, _, i) => sum + (which[i] ? g(i) : 0), 0);
    close(gradients[`ternary.${kernel}.positive`], [sums(up)]);
    close(gradients[`ternary.${kernel}.negative`], [-sums(down)]);
  });

  it('refuses tiles within an axis, pruned weights in one bit, and unknown names', () => {
    expect(() => ternaryTraining(net, { granularity: group(2, 0) })).toThrow(/whole or single/);
    expect(() => binaryTraining(pruneMagnitude(net, { sparsity: 0.5 }))).toThrow(/no 0 for its pruned/);
    expect(() => trainedTernary(net, { parameters: ['nothing'] })).toThrow(/nothing/);
    expect(() => trainedTernary(net, { threshold: -1 })).toThrow(/threshold/);
  });
});

describe('training', () => {
  const data = strokeGlyphs({ count: 128, seed: 1 });
  const options = { epochs: 6, batchSize: 32, optimizer: 'adam', learningRate: 0.01, seed: 2 } as const;

  /** Trains, and tells the loss of each epoch. */
  async function trained(model: Model, technique: WeightTraining): Promise<{ model: Model; losses: number[] }> {
    const losses: number[] = [];
    const hooks = { afterEpoch: (_: unknown, { loss }: { loss: number }) => void losses.push(loss) };
    return { model: await trainQuantized(model, data, { ...options, technique, hooks }), losses };
  }

  it('TWN and TTQ keep three values, masks, and learn', async () => {
    const sparse = pruneMagnitude(mlp({ hidden: [16], seed: 1 }), { sparsity: 0.5 });
    for (const technique of [ternaryTraining(sparse), trainedTernary(sparse)]) {
      const { model, losses } = await trained(sparse, technique);
      expect(losses.at(-1) as number).toBeLessThan((losses[0] as number) * 0.7);
      const parameter = model.parameters[kernel] as Parameter;
      const { data: values } = realValue(parameter);
      expect(new Set(values).size).toBeLessThanOrEqual(3);
      expect(values.every((x, i) => parameter.mask?.data[i] === 1 || x === 0)).toBe(true);
    }
  });

  it('TTQ moves both scales apart, and stores what the forward pass had', async () => {
    const model = mlp({ hidden: [16], seed: 1 });
    const { model: ternary } = await trained(model, trainedTernary(model));
    const { quantization } = ternary.parameters[kernel] as Parameter;
    const [n, zero, p] = quantization?.kind === 'codebook' ? quantization.entries.data : [];
    expect(zero).toBe(0);
    expect(-(n as number)).not.toBeCloseTo(p as number, 4);
  });

  it('BNN keeps float32 weights within -1 … 1', async () => {
    const wide = mlp({ hidden: [16], seed: 1 });
    const model = withParameters(wide, { [kernel]: { value: normal(random(1), [784, 16], {}) } });
    const latent = await fit(model, data, { ...options, epochs: 1, hooks: binaryTraining(model, { scale: 'none' }).hooks });
    const { value } = latent.parameters[kernel] as Parameter;
    expect([...value.data].every(x => Math.abs(x) <= 1)).toBe(true);
  });

  it('BNN, XNOR-Net and BWN learn, with signs for activations where they have them', async () => {
    const of = (signs?: boolean): Model => {
      const start = network('net', [28, 28, 1], { seed: 1 }).conv2d(8, 3, { strides: 2 }).batchNorm();
      const middle = signs === undefined ? start.relu() : start.activation('sign', { scaled: signs });
      return middle.conv2d(8, 3, { strides: 2 }).batchNorm().relu().flatten().dense(10).model();
    };
    for (const [signs, scale] of [
      [false, 'none'],
      [true, 'mean'],
      [undefined, 'mean'],
    ] as const) {
      const model = of(signs);
      const { model: binary, losses } = await trained(model, binaryTraining(model, { scale, parameters: ['conv2d-2.kernel'] }));
      expect(losses.at(-1) as number).toBeLessThan((losses[0] as number) * 0.6);
      const { data: values } = realValue(binary.parameters['conv2d-2.kernel'] as Parameter);
      expect(new Set([...values].map(Math.abs)).size).toBe(scale === 'none' ? 1 : 8);
    }
  });
});
