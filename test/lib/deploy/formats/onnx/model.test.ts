import { describe, expect, test } from 'vitest';
import { readOnnx } from '../../../../../lib/deploy/formats/onnx/read-onnx.ts';
import { writeOnnx } from '../../../../../lib/deploy/formats/onnx/write-onnx.ts';
import { network } from '../../../../../lib/model/build.ts';
import { inputsOf, type Model } from '../../../../../lib/model/model.ts';
import { pretrained } from '../../../../../lib/model/pretrained.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { python, requirements, runOnnx } from '../../../../../scripts/bench/peers/onnx-runtime.ts';
import { numbers, quantized, randomNet, shaken, valuesOfAll } from '../../quantized-nets.ts';

const net = (shape: readonly number[] = [6, 5, 3]) => network('net', shape, { seed: 2 });

const models: Readonly<Record<string, () => Model>> = {
  convolutions: () =>
    net()
      .conv2d(4, 3, { strides: 2, padding: 'same' })
      .batchNorm()
      .relu()
      .conv2d(4, 2, { dilations: 2, padding: 2, groups: 2 })
      .relu6()
      .model(),
  'depthwise, multiplier 2': () =>
    net()
      .depthwiseConv2d([3, 2], { multiplier: 2, padding: [1, 0, 2, 1] })
      .batchNorm()
      .leakyRelu(0.2)
      .model(),
  'transposed, same': () => net().conv2dTranspose(2, 3, { strides: 2, padding: 'same' }).model(),
  'transposed, larger stride': () => net().conv2dTranspose(2, 2, { strides: 3, padding: 'same' }).model(),
  'transposed, cut': () => net().conv2dTranspose(2, 3, { strides: 2, padding: 1 }).model(),
  pools: () =>
    net()
      .maxPool(3, { strides: 2, padding: 'same' })
      .averagePool(2, { strides: 1, padding: [1, 0, 0, 1] })
      .globalAveragePool()
      .model(),
  activations: () =>
    net().activation('sigmoid').activation('tanh').activation('swish').activation('hard-swish').activation('softmax').model(),
  'views and borders': () =>
    net()
      .pad([1, 0, 2, 1], { mode: 'reflect' })
      .pad(1, { mode: 'replicate' })
      .pad(1, { mode: 'zero' })
      .transpose([1, 0, 2])
      .reshape([4, 11, 9])
      .model(),
  'an image to rows and back': () =>
    net().transpose([2, 0, 1]).reshape([10, 9]).dense(4).layerNorm().reshape([2, 5, 4]).scale().layerNorm().model(),
  'dense on an image': () => net().dense(4).concat('input', { axis: -1 }).flatten().dense(2).model(),
  'sums and products': () => net().relu().add(['input', 'input']).mul('input').concat('input', { axis: 0 }).model(),
  'attention of two images': () => net().relu().matmul('input', { transposeB: true }).activation('softmax').matmul('input').model(),
  'a product, turned': () => net([4, 3]).relu().matmul('input', { transposeA: true }).batchNorm().model(),
  'signs, scaled or not': () => net().apply('sign', { scaled: true }).conv2d(2, 1).apply('sign', { scaled: false }).model(),
  'rounded to 8 bits': () => net().fakeQuantize({ bits: 8 }).conv2d(2, 3).model(),
};

/** The largest difference from ONNX Runtime's output, in proportion to the largest output. */
function differences(cases: readonly { readonly model: Model; readonly inputs: readonly NDArray[] }[]): number[] {
  const ran = runOnnx(
    cases.map(({ model, inputs }) => ({ model: writeOnnx(model), inputs: inputs.map(({ data }) => data as Float32Array), outputs: 1 })),
  );
  return cases.map(({ model, inputs }, c) => {
    const ours = valuesOfAll(model, inputs)[model.output] as Float32Array;
    const theirs = new Float32Array(ran[c]?.outputs[0]?.buffer ?? new ArrayBuffer(0));
    expect(theirs.length).toBe(ours.length);
    const size = ours.reduce((most, y) => Math.max(most, Math.abs(y)), 1);
    return ours.reduce((most, y, i) => Math.max(most, Math.abs(y - (theirs[i] as number)) / size), 0);
  });
}

describe.skipIf(!python)(
  `models in ONNX Runtime (skipped without ${requirements.join(', ')}: npm run bench -- onnx --peers installs them)`,
  () => {
    test('every op gives what it gives here, to 1e-4', () => {
      const cases = Object.values(models).map((make, i) => {
        const model = shaken(make(), random(i));
        return { model, inputs: inputsOf(model).map(({ shape }) => numbers([3, ...shape], random(i + 50))) };
      });
      const found = differences(cases);
      for (const [i, name] of Object.keys(models).entries()) expect(found[i], name).toBeLessThan(1e-4);
    });

    test('random nets, and the net of Lab 1', async () => {
      const cases = Array.from({ length: 15 }, (_, seed) => {
        const model = randomNet(random(seed));
        return { model, inputs: inputsOf(model).map(({ shape }) => numbers([2, ...shape], random(seed + 50))) };
      });
      const vgg = await pretrained('fashion-mnist-vgg');
      cases.push({ model: vgg, inputs: inputsOf(vgg).map(({ shape }) => numbers([5, ...shape], random(1))) });
      expect(Math.max(...differences(cases))).toBeLessThan(1e-4);
    });

    test('rows of a table by whole numbers', () => {
      const model = network('tokens', [6], { dtype: 'int32', seed: 1 }).embedding(9, 4).dense(3).model();
      const tokens = array([2, 6], Int32Array.of(0, 8, 1, 7, 2, 6, 3, 5, 4, 4, 0, 8), 'int32');
      expect(differences([{ model, inputs: [tokens] }])[0]).toBeLessThan(1e-4);
    });
  },
);

test('a model that is rounded to other than 8 bits is refused, and a file of a model is no program', () => {
  expect(() => writeOnnx(net().fakeQuantize({ bits: 4, id: 'rounds' }).model())).toThrow(
    expect.objectContaining({ code: 'deploy/onnx', message: expect.stringContaining('rounds') }),
  );
  const float = net().conv2d(2, 3).model();
  expect(() => readOnnx(writeOnnx(float))).toThrow(expect.objectContaining({ code: 'deploy/onnx' }));
  const rounded = quantized(float, [numbers([2, 6, 5, 3], random(1))]);
  expect(writeOnnx(rounded).length).toBeGreaterThan(500);
});
