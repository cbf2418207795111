import { expect, test } from 'vitest';
import { foldBatchNorm } from '../../../../../lib/compress/quantize/fold/batch-norm.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { quantizeWeights } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { network } from '../../../../../lib/model/build.ts';
import { insertAfter } from '../../../../../lib/model/edit.ts';
import { type Model, mapParameters, withParameters } from '../../../../../lib/model/model.ts';
import { pretrained } from '../../../../../lib/model/pretrained.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { numbers, shaken, valuesOfAll } from '../../../deploy/quantized-nets.ts';

const net = (shape: readonly number[] = [5, 4, 3]) => network('net', shape, { seed: 2 });

/** The largest difference between the outputs of two models, for outputs of size about 1. */
function difference(a: Model, b: Model, shape: readonly number[] = [5, 4, 3]): number {
  const x = numbers([3, ...shape], random(1));
  const [left, right] = [valuesOfAll(a, [x])[a.output] as Float32Array, valuesOfAll(b, [x])[b.output] as Float32Array];
  return left.reduce((most, y, i) => Math.max(most, Math.abs(y - (right[i] as number))), 0);
}

const norms = ({ nodes }: Model): number => nodes.filter(({ op }) => op === 'batch-norm').length;

const layers: Readonly<Record<string, (bias: boolean) => Model>> = {
  conv2d: bias => net().conv2d(4, 3, { bias }).batchNorm().relu().model(),
  'grouped conv2d': bias => net().conv2d(6, 3, { bias, groups: 3 }).batchNorm().model(),
  'depthwise-conv2d': bias => net().depthwiseConv2d(3, { bias }).batchNorm().model(),
  'depthwise-conv2d of multiplier 2': bias => net().depthwiseConv2d(3, { bias, multiplier: 2 }).batchNorm().model(),
  'conv2d-transpose': bias => net().conv2dTranspose(4, 3, { strides: 2, bias }).batchNorm().model(),
  dense: bias => net().flatten().dense(6, { bias }).batchNorm().model(),
};

for (const [name, make] of Object.entries(layers))
  for (const bias of [true, false])
    test(`the batch norm of a ${name} ${bias ? 'with' : 'without'} bias becomes part of it`, () => {
      const model = shaken(make(bias), random(3));
      const folded = foldBatchNorm(model);
      expect(norms(folded)).toBe(0);
      expect(difference(model, folded)).toBeLessThan(1e-5);
      expect(Object.keys(folded.parameters).filter(key => key.startsWith('batch-norm'))).toEqual([]);
    });

test('by hand: W · γ / √(σ² + ε), β + (b - μ) · γ / √(σ² + ε), with an ε that counts', () => {
  const model = network('one', [1]).dense(1, { id: 'layer' }).batchNorm({ id: 'norm', epsilon: 3 }).model();
  const values = { 'layer.kernel': 5, 'layer.bias': 7, 'norm.gamma': 4, 'norm.beta': 0.5, 'norm.mean': 2, 'norm.variance': 1 };
  const set = mapParameters(model, (parameter, name) => ({
    ...parameter,
    value: array(parameter.value.shape, [values[name as keyof typeof values]]),
  }));
  const { parameters } = foldBatchNorm(set);
  expect(parameters['layer.kernel']?.value.data).toEqual(Float32Array.of(10));
  expect(parameters['layer.bias']?.value.data).toEqual(Float32Array.of(0.5 + 5 * 2));
});

test('a norm that is the output leaves the layer as the output', () => {
  const model = shaken(net().conv2d(2, 3, { id: 'last' }).batchNorm().model(), random(1));
  expect(foldBatchNorm(model).output).toBe('last');
});

test('a layer that something else reads too, or whose parameters another has, keeps its norm', () => {
  const read = net().conv2d(3, 3, { id: 'layer', padding: 'same' }).batchNorm().add('layer').model();
  expect(foldBatchNorm(read)).toEqual(read);
  const outside = net().conv2d(3, 3, { id: 'layer' }).output('extra').batchNorm().model();
  expect(foldBatchNorm(outside)).toEqual(outside);
  const single = net().conv2d(3, 3, { id: 'layer', padding: 'same' }).batchNorm().model();
  const { attributes } = single.nodes.find(({ id }) => id === 'layer') as Model['nodes'][number];
  const names = { kernel: 'layer.kernel', bias: 'layer.bias' };
  const twin = insertAfter(single, 'batch-norm-1', { op: 'conv2d', id: 'twin', attributes, names });
  expect(norms(foldBatchNorm(twin))).toBe(1);
});

test('a norm behind no layer, and one behind another norm, stay or go as they can', () => {
  const alone = net().relu().batchNorm().model();
  expect(foldBatchNorm(alone)).toEqual(alone);
  const two = shaken(net().conv2d(2, 3).batchNorm().batchNorm().model(), random(5));
  expect(norms(foldBatchNorm(two))).toBe(0);
  expect(difference(two, foldBatchNorm(two))).toBeLessThan(1e-5);
});

test('masks stay, and what they mask stays 0', () => {
  const model = shaken(net().conv2d(4, 3, { id: 'layer' }).batchNorm().model(), random(3));
  const mask = array(
    [3, 3, 3, 4],
    Uint8Array.from({ length: 108 }, (_, i) => i % 3 && 1),
    'uint8',
  );
  const masked = withParameters(model, {
    'layer.kernel': {
      mask,
      value: array(
        [3, 3, 3, 4],
        Float32Array.from(model.parameters['layer.kernel']?.value.data ?? [], (w, i) => (i % 3 ? w : 0)),
      ),
    },
  });
  const kernel = foldBatchNorm(masked).parameters['layer.kernel'];
  expect(kernel?.mask).toBe(mask);
  expect(kernel?.value.data.every((w, i) => i % 3 !== 0 || w === 0)).toBe(true);
});

test('quantized weights are refused by name', () => {
  const model = net().conv2d(2, 3, { id: 'layer' }).batchNorm({ id: 'norm' }).model();
  const stored = quantizeWeights(model, { format: affineFormat({ bits: 8 }) });
  expect(() => foldBatchNorm(stored)).toThrow(
    expect.objectContaining({ code: 'quantize/fold', message: expect.stringMatching(/Node layer: .*norm/) }),
  );
});

test('whether the bias is trained goes with the kernel', () => {
  const model = net().conv2d(2, 3, { id: 'layer', bias: false }).batchNorm().model();
  const frozen = withParameters(model, { 'layer.kernel': { trainable: false } });
  expect(foldBatchNorm(frozen).parameters['layer.bias']?.trainable).toBe(false);
  expect(foldBatchNorm(model).parameters['layer.bias']?.trainable).toBe(true);
});

test('the VGG of Lab 1 gives the same logits', async () => {
  const model = await pretrained('fashion-mnist-vgg');
  const folded = foldBatchNorm(model);
  expect(norms(folded)).toBe(0);
  expect(norms(model)).toBeGreaterThan(3);
  expect(difference(model, folded, model.nodes[0]?.attributes.shape as number[])).toBeLessThan(1e-3);
});
