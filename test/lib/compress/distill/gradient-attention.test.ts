import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gradientAttention } from '../../../../lib/compress/distill/match/gradient-attention.ts';
import { network } from '../../../../lib/model/build.ts';
import { type Model, withParameters } from '../../../../lib/model/model.ts';
import { valuesOf } from '../../../../lib/model/run.ts';
import { vgg } from '../../../../lib/model/vgg.ts';
import { array, type NDArray } from '../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
import { tf } from '../../../../lib/tensor/tf.ts';
import { fit } from '../../../../lib/train/fit.ts';
import { gradients } from '../../../../lib/train/gradients.ts';
import { crossEntropy, type Loss } from '../../../../lib/train/losses.ts';
import { sumLosses } from '../../../../lib/train/sum-losses.ts';

interface Golden {
  readonly inputs: Readonly<Record<string, { readonly shape: number[]; readonly values: number[] }>>;
  readonly gradientAttention: { labels: number[]; value: number; student: number[][]; teacher: number[][]; gradients: number[][] };
}

/** What PyTorch gives, in double precision and by a second derivative of its own: golden/matches.py. */
const { inputs, gradientAttention: golden }: Golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden/matches.json'), 'utf8'));
const { shape, values } = inputs.maps as Golden['inputs'][string];
const data = {
  inputs: array(
    shape,
    Float32Array.from(values, v => v / 16),
  ),
  targets: array([4], Int32Array.from(golden.labels)),
};
const names = ['first.kernel', 'second.kernel', 'last.kernel'];

function net(channels: number, weights: readonly number[][]): Model {
  const model = network('net', shape.slice(1))
    .conv2d(channels, 1, { id: 'first', bias: false })
    .activation('tanh', { id: 'place' })
    .conv2d(4, 1, { id: 'second', bias: false })
    .activation('tanh')
    .globalAveragePool()
    .dense(3, { id: 'last', bias: false })
    .model();
  const changes = names.map((name, i) => [
    name,
    {
      value: array(
        model.parameters[name]?.value.shape as number[],
        Float32Array.from(weights[i] as number[], w => w / 16),
      ),
    },
  ]);
  return withParameters(model, Object.fromEntries(changes));
}

/** The value of the loss where nothing is taped. */
const lossOf = (model: Model, loss: Loss, { inputs: x, targets }: { inputs: NDArray; targets: NDArray }): number =>
  tf.tidy(() => {
    const batch = tf.tensor(x.data as Float32Array, [...x.shape]);
    const [place = ''] = loss.activations ?? [];
    const found = valuesOf(model, { input: batch }, { ids: [model.output, place], training: true });
    const parameters = Object.fromEntries(
      Object.entries(model.parameters).map(([name, { value }]) => [name, tf.tensor(value.data as Float32Array, [...value.shape])]),
    );
    const context = { inputs: batch, parameters, activations: { [place]: found[place] as tf.Tensor }, training: true };
    return loss(
      found[model.output] as tf.Tensor,
      tf.tensor(targets.data as Int32Array, [...targets.shape], 'int32'),
      context,
    ).dataSync()[0] as number;
  });

describe('attention that gradients show', () => {
  const [student, teacher] = [net(3, golden.student), net(5, golden.teacher)];
  const place = (model: Model) => ({ model, node: 'place' });

  it('has the value of PyTorch, and its second derivative within the error of a central difference', () => {
    const loss = gradientAttention({ student: place(student), teacher: place(teacher) });
    expect(lossOf(student, loss, data)).toBeCloseTo(golden.value, 5);
    const found = gradients(student, data, { loss });
    const largest = Math.max(...golden.gradients.flat().map(Math.abs));
    names.forEach((name, i) => {
      for (const [k, slope] of (golden.gradients[i] as number[]).entries())
        expect(Math.abs((found[name]?.data[k] as number) - slope)).toBeLessThan(2e-3 * largest);
    });
  });

  it('is 0 beside itself, with a gradient of 0, and the same in a pass that is taped', async () => {
    const loss = gradientAttention({ student: place(student), teacher: place(student) });
    expect(lossOf(student, loss, data)).toBeCloseTo(0, 9);
    for (const { data: slope } of Object.values(gradients(student, data, { loss })))
      for (const g of slope) expect(Math.abs(g)).toBeLessThan(1e-6);
    const other = gradientAttention({ student: place(student), teacher: place(teacher) });
    const seen: number[] = [];
    await fit(student, data, { loss: other, steps: 1, batchSize: 4, reporter: { step: event => void seen.push(event.loss) } });
    expect(seen[0]).toBeCloseTo(golden.value, 5);
  });

  it('is learnt by networks with ReLUs, pools and batch norm, and leaves nothing behind', async () => {
    const examples = {
      inputs: normal(random(3), [24, 28, 28, 1]),
      targets: array(
        [24],
        Int32Array.from({ length: 24 }, (_, i) => i % 10),
      ),
    };
    const [small, large] = [vgg({ widths: [4, 'M', 4], seed: 1 }), vgg({ widths: [6, 'M', 8], seed: 2 })];
    const loss = gradientAttention({ student: { model: small, node: 'relu-1' }, teacher: { model: large, node: 'relu-1' } });
    const seen: number[] = [];
    const options = {
      batchSize: 24,
      optimizer: 'adam',
      learningRate: 0.01,
      reporter: { step: (event: { loss: number }) => void seen.push(event.loss) },
    } as const;
    const tensors = tf.memory().numTensors;
    await fit(small, examples, { ...options, loss, steps: 80 });
    expect(seen.at(-1)).toBeLessThan(0.8 * (seen[0] as number));
    const both = await fit(small, examples, { ...options, loss: sumLosses([1, crossEntropy()], [100, loss]), steps: 2 });
    expect(Object.keys(both.parameters)).toEqual(Object.keys(small.parameters));
    expect(tf.memory().numTensors).toBeLessThanOrEqual(
      tensors + 2 * Object.keys(small.parameters).length + Object.keys(large.parameters).length,
    );
  });

  it('of the input compares networks of any make', () => {
    const [one, other] = [
      vgg({ widths: [4], seed: 1 }),
      network('flat', [28, 28, 1], { seed: 2 }).flatten().dense(8).activation('tanh').dense(10).model(),
    ];
    const examples = { inputs: normal(random(3), [5, 28, 28, 1]), targets: array([5], new Int32Array(5)) };
    const loss = gradientAttention({ student: { model: one, node: 'input' }, teacher: { model: other, node: 'input' } });
    expect(Object.values(gradients(one, examples, { loss })).some(({ data: slope }) => slope.some(g => g !== 0))).toBe(true);
  });

  it('refuses vectors, nodes that are not there, and powers below 1', () => {
    const code = (name: string) => expect.objectContaining({ code: name });
    expect(() => gradientAttention({ student: { model: student }, teacher: { model: teacher } })).toThrow(code('distill/shape'));
    expect(() => gradientAttention({ student: place(student), teacher: { model: teacher, node: 'nowhere' } })).toThrow(
      code('distill/node'),
    );
    expect(() => gradientAttention({ student: place(student), teacher: place(teacher) }, { power: 0 })).toThrow(code('distill/power'));
    expect(() => gradientAttention({ student: place(student), teacher: place(teacher) }, { step: 0 })).toThrow(code('distill/step'));
  });
});
