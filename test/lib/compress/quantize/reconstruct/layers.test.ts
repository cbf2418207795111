import { describe, expect, it } from 'vitest';
import { foldBatchNorm } from '../../../../../lib/compress/quantize/fold/batch-norm.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { axis, channel, group, tensor } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeWeights, type Scheme } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { adaRound } from '../../../../../lib/compress/quantize/reconstruct/ada-round.ts';
import { blocksOf } from '../../../../../lib/compress/quantize/reconstruct/blocks.ts';
import { gptq } from '../../../../../lib/compress/quantize/reconstruct/gptq.ts';
import type { ReconstructOptions } from '../../../../../lib/compress/quantize/reconstruct/reconstruct-layers.ts';
import { patches } from '../../../../../lib/inspect/layer-inputs.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { type Model, nodeOf, type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { codebook } from '../../../../../lib/model/quantization/codebook.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { sizeOf } from '../../../../../lib/tensor/shape.ts';
import { unchanged } from '../../../unchanged.ts';
import { attentionTwin, branched, inputsFor, unlabelled } from '../equalize/nets.ts';

const model = foldBatchNorm(branched());
const data = unlabelled(inputsFor([8, 8, 2], { count: 48 }));
const scheme: Scheme = { format: affineFormat({ bits: 3 }), granularity: channel() };
const techniques: readonly { name: string; technique: (model: Model, options: ReconstructOptions) => Model }[] = [
  { name: 'GPTQ', technique: gptq },
  { name: 'AdaRound', technique: (net, options) => adaRound(net, { ...options, iterations: 300 }) },
];

/** The mean squared difference of what the last layer but one gives: the last layer's random weights blur what the layers gained. */
const outputError = (a: Model, b: Model, x: NDArray): number => {
  const [first, second] = [a, b].map(net => predict({ ...net, output: 'dense-1' }, x).data) as [NDArray['data'], NDArray['data']];
  return first.reduce((sum, y, i) => sum + (y - (second[i] as number)) ** 2, 0) / first.length;
};

describe.each(techniques)('$name of a model', ({ technique }) => {
  it('gives values closer to the float model than nearest rounding, with the same scales and nothing left behind', () => {
    const before = tensorCount();
    const quantized = unchanged(model, () => technique(model, { scheme, data }));
    expect(tensorCount()).toBe(before);
    const nearest = quantizeWeights(model, scheme);
    for (const [name, { quantization, value }] of Object.entries(quantized.parameters)) {
      expect(quantization).toEqual(nearest.parameters[name]?.quantization);
      expect(value.dtype).toBe(nearest.parameters[name]?.value.dtype);
    }
    expect(outputError(quantized, model, data.inputs)).toBeLessThan(0.75 * outputError(nearest, model, data.inputs));
    expect(technique(model, { scheme, data })).toEqual(quantized);
  });

  it('never makes an output of a layer worse on its inputs than nearest rounding', () => {
    const net = network('one', [10], { seed: 1 }).dense(7).model();
    const examples = unlabelled(inputsFor([10], { count: 30 }));
    for (const granularity of [tensor(), axis(), group(4)]) {
      const own = { format: affineFormat({ bits: 2 }), granularity };
      const [found, nearest] = [technique(net, { scheme: own, data: examples }), quantizeWeights(net, own)].map(other => {
        const [was, now] = [predict(net, examples.inputs).data, predict(other, examples.inputs).data];
        return Array.from({ length: 7 }, (_, f) => was.reduce((sum, y, i) => sum + (i % 7 === f ? (y - (now[i] as number)) ** 2 : 0), 0));
      }) as [number[], number[]];
      for (const [f, error] of found.entries()) expect(error).toBeLessThanOrEqual((nearest[f] as number) * (1 + 1e-5));
    }
  });

  it('works behind a matrix product over tokens, on the layers that are named', () => {
    const twin = attentionTwin({ blocks: 1 });
    const tokens = unlabelled(inputsFor([6, 12], { count: 20 }));
    expect(patches(twin, 'dense-2', { data: tokens }).shape).toEqual([20 * 6, 12]);
    const quantized = technique(twin, { scheme, data: tokens, layers: ['dense-2', 'dense-5'] });
    expect(Object.keys(quantized.parameters).filter(name => quantized.parameters[name]?.quantization)).toEqual([
      'dense-2.kernel',
      'dense-5.kernel',
    ]);
  });

  it('leaves pruned weights 0', () => {
    const kernel = model.parameters['conv2d-3.kernel'] as Parameter;
    const mask = array(
      kernel.value.shape,
      Uint8Array.from(kernel.value.data, (_, i) => (i % 2 === 0 ? 0 : 1)),
      'uint8',
    );
    const masked = withParameters(model, { 'conv2d-3.kernel': { mask } });
    const asymmetric = { format: affineFormat({ bits: 4, signed: false }) };
    const quantized = technique(masked, { scheme: asymmetric, data, layers: ['conv2d-3'] }).parameters['conv2d-3.kernel'] as Parameter;
    expect(quantized.mask).toBe(mask);
    const unmasked = realValue({ value: quantized.value, quantization: quantized.quantization, trainable: true } as Parameter);
    expect(unmasked.data.every((w, i) => mask.data[i] === 1 || w === 0)).toBe(true);
  });

  it('refuses other layers, other formats, and inputs that are not finite', () => {
    expect(() => technique(model, { scheme, data, layers: ['relu-1'] })).toThrow(/Node relu-1 \(relu\) is no convolution/);
    expect(() => technique(model, { scheme, data, layers: ['nowhere'] })).toThrow(/no node nowhere/);
    const levels = {
      ...affineFormat({ bits: 2 }),
      low: 0,
      quantization: (_: unknown, { shape }: { shape: readonly number[] }) => codebook({ shape, bits: 2, entries: [0, 1] }),
    };
    expect(() => technique(model, { scheme: { format: levels as never }, data })).toThrow(/grid of integers/);
    const broken = unlabelled(array([1, 8, 8, 2], new Float32Array(128).fill(Number.NaN)));
    expect(() => technique(model, { scheme, data: broken })).toThrow(/What conv2d-1 reads is not finite/);
  });
});

it('blocks are the products that a layer is made of', () => {
  const net = network('net', [5, 5, 4], { seed: 3 })
    .conv2d(6, 3, { groups: 2, bias: false })
    .depthwiseConv2d(3, { multiplier: 2, bias: false })
    .conv2d(3, 1, { bias: false });
  const plain = net.globalAveragePool().dense(2, { bias: false }).model();
  const examples = unlabelled(inputsFor([5, 5, 4], { count: 3 }));
  for (const id of ['conv2d-1', 'depthwise-conv2d-1', 'conv2d-2', 'dense-1']) {
    const node = nodeOf(plain, id);
    const kernel = (plain.parameters[node.parameters.kernel as string] as Parameter).value;
    const x = patches(plain, id, { data: examples, places: 25 });
    const blocks = blocksOf(node, kernel.shape);
    expect(blocks.flatMap(({ weights }) => [...weights]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: sizeOf(kernel.shape) }, (_, i) => i),
    );
    // each place that was drawn is one of the layer's: its outputs are among the model's own
    const shape = id === 'dense-1' ? undefined : { ...plain, output: id };
    const outputs = new Set(Array.from(predict(shape ?? plain, examples.inputs).data, y => y.toFixed(4)));
    const [count = 0, width = 0] = x.shape;
    for (let n = 0; n < count; n += 7)
      for (const { columns, weights } of blocks)
        for (let f = 0; f < weights.length / columns.length; f++) {
          const y = columns.reduce(
            (sum, column, k) =>
              sum +
              (x.data[n * width + column] as number) *
                (kernel.data[weights[k * (weights.length / columns.length) + f] as number] as number),
            0,
          );
          expect([y.toFixed(4), (y + 1e-5).toFixed(4), (y - 1e-5).toFixed(4)].some(text => outputs.has(text))).toBe(true);
        }
  }
});
