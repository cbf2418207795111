import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crossLayerEqualization,
  equalizeCrossLayers,
  equalizingFactors,
} from '../../../../../lib/compress/quantize/equalize/cross-layer.ts';
import { silenceDeadChannels } from '../../../../../lib/compress/quantize/equalize/dead-channels.ts';
import { jointsOf } from '../../../../../lib/compress/quantize/equalize/joints.ts';
import { plantOutliers, plantScales } from '../../../../../lib/compress/quantize/equalize/plant-scales.ts';
import { copiesOf, largestOf, scaleJoint, writtenBack } from '../../../../../lib/compress/quantize/equalize/scale-joint.ts';
import { foldBatchNorm } from '../../../../../lib/compress/quantize/fold/batch-norm.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { quantizeWeights } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import { parameters } from '../../../../../lib/measure/parameters.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { mobileNetV1, mobileNetV1SmallBlocks } from '../../../../../lib/model/mobilenet-v1.ts';
import { type Model, mapParameters, withParameters } from '../../../../../lib/model/model.ts';
import { run } from '../../../../../lib/model/run.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { scope } from '../../../../../lib/tensor/scope.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';
import { unchanged } from '../../../unchanged.ts';
import { anyNet, attentionTwin, branched, folded, inputsFor, lively, outputDifference, unlabelled, weights } from './nets.ts';

const names = (model: Model): string[] =>
  jointsOf(model).map(({ makers, readers }) => `${[...new Set(makers.map(m => m.node))]} → ${readers.map(r => r.node)}`);

describe('joints', () => {
  it('are the places between layers, with every layer of a sum', () => {
    expect(names(folded())).toEqual([
      'conv2d-1 → depthwise-conv2d-1',
      'depthwise-conv2d-1 → conv2d-2',
      'conv2d-2,conv2d-3 → conv2d-3,dense-1',
      'dense-1 → dense-2',
    ]);
  });

  it('of a transformer lie behind its norms, in its MLP, and between values and the projection', () => {
    expect(names(attentionTwin({ blocks: 1 }))).toEqual([
      'layer-norm-1 → dense-1,dense-2,dense-3',
      'dense-2 → dense-4',
      'dense-5 → dense-6',
      'layer-norm-3 → dense-7',
    ]);
  });

  it('are none at the ends, over a sigmoid, a moved axis, or a parameter that two nodes share', () => {
    const net = network('net', [3, 4]).dense(4).activation('sigmoid').dense(4).transpose([1, 0]).dense(2).reshape([4, 2]);
    expect(names(net.dense(2).model())).toEqual(['dense-3 → dense-4']);
    const two = network('two', [3]).dense(3).relu().dense(3).model();
    const tied = {
      ...two,
      nodes: two.nodes.map(node =>
        node.op === 'dense' ? { ...node, parameters: { kernel: 'dense-1.kernel', bias: `${node.id}.bias` } } : node,
      ),
    };
    expect(names(two)).toEqual(['dense-1 → dense-2']);
    expect(names(tied)).toEqual([]);
  });

  it('of two values that are concatenated are a joint each', () => {
    const net = network('net', [4, 4, 2]).conv2d(3).relu();
    const left = net.at;
    const model = net.from('input').conv2d(5).relu().concat(left).conv2d(2, 1).relu().flatten().dense(2).model();
    expect(names(model)).toEqual(['conv2d-1 → conv2d-3', 'conv2d-2 → conv2d-3', 'conv2d-3 → dense-1']);
    expect(outputDifference(model, equalizeCrossLayers(model), inputsFor([4, 4, 2]))).toBeLessThan(1e-5);
  });
});

describe('cross-layer equalization', () => {
  it('has the factors of the paper: √(r1 · r2) / r2', () => {
    expect(Array.from(equalizingFactors([4, 0.25, 0, 2], [1, 4, 1, 0]))).toEqual([2, 0.25, 1, 1]);
    const model = withParameters(network('net', [1]).dense(2).relu().dense(1).model(), {
      'dense-1.kernel': { value: array([1, 2], [8, 0.5]) },
      'dense-1.bias': { value: array([2], [4, 1]) },
      'dense-2.kernel': { value: array([2, 1], [2, 2]) },
    });
    const { model: equal, divisors } = crossLayerEqualization(model);
    expect(Array.from(equal.parameters['dense-1.kernel']?.value.data ?? [])).toEqual([4, 1]);
    expect(Array.from(equal.parameters['dense-1.bias']?.value.data ?? [])).toEqual([2, 2]);
    expect(Array.from(equal.parameters['dense-2.kernel']?.value.data ?? [])).toEqual([4, 1]);
    expect(Array.from(divisors['dense-1'] ?? [])).toEqual([2, 0.5]);
  });

  it.each(['relu', 'leaky-relu'] as const)('keeps the outputs and makes channel ranges equal, with %s', activation => {
    const model = folded(activation);
    const equal = unchanged(model, () => equalizeCrossLayers(model));
    expect(outputDifference(model, equal, inputsFor([8, 8, 2]))).toBeLessThan(1e-5);
    const joints = jointsOf(equal);
    const copies = copiesOf(equal, joints);
    for (const { makers, readers, channels } of joints) {
      const made = largestOf(
        copies,
        makers.filter(({ role }) => role === 'kernel'),
        channels,
      );
      const read = largestOf(copies, readers, channels);
      for (let c = 0; c < channels; c++) expect(Math.abs((made[c] as number) / (read[c] as number) - 1)).toBeLessThan(1e-3);
    }
  });

  it('keeps the outputs of any net of planted scales, and takes the scales away', () => {
    const plain = foldBatchNorm(
      lively(
        mobileNetV1({
          input: [12, 12, 1],
          classes: 3,
          stem: 4,
          stemStride: 1,
          blocks: [
            [6, 2],
            [8, 1],
          ],
        }),
      ),
    );
    const once = equalizeCrossLayers(plain);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(4, 16, 64), (seed, spread) => {
        const planted = plantScales(plain, { spread, seed });
        expect(outputDifference(plain, planted, inputsFor([12, 12, 1]))).toBeLessThan(1e-5);
        const equal = equalizeCrossLayers(planted, { tolerance: 1e-6 });
        expect(outputDifference(plain, equal, inputsFor([12, 12, 1]))).toBeLessThan(1e-5);
        for (const [name, { value }] of Object.entries(equal.parameters)) {
          const other = weights(once, name);
          const size = Math.max(1, ...other.map(Math.abs));
          expect(value.data.every((w, i) => Math.abs(w - (other[i] as number)) < 3e-3 * size)).toBe(true);
        }
      }),
      { numRuns: 5 },
    );
  });

  it('keeps the outputs of any net of layers, and so do planted factors of any joint', () => {
    let joints = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), seed => {
        const model = anyNet(seed);
        const found = jointsOf(model);
        joints += found.length;
        const x = inputsFor([6, 6, 4], { count: 2, seed });
        expect(outputDifference(model, equalizeCrossLayers(model), x)).toBeLessThan(3e-5);
        const rng = random(seed);
        const copies = copiesOf(model, found);
        for (const joint of found)
          scaleJoint(
            copies,
            joint,
            Float64Array.from({ length: joint.channels }, () => rng.uniform(0.5, 2)),
          );
        expect(outputDifference(model, writtenBack(model, copies), x)).toBeLessThan(3e-5);
      }),
      { numRuns: 40 },
    );
    expect(joints).toBeGreaterThan(60);
  });

  it('has divisors that turn the old outputs of layers into the new', () => {
    const model = folded();
    const { model: equal, divisors } = crossLayerEqualization(model);
    expect(Object.keys(divisors)).toEqual(['conv2d-1', 'depthwise-conv2d-1', 'conv2d-2', 'conv2d-3', 'dense-1']);
    scope(() => {
      const x = upload(inputsFor([8, 8, 2]));
      for (const [node, by] of Object.entries(divisors)) {
        const [old, now] = [model, equal].map(net => run(net, { input: x }, [node])[node]?.dataSync() as Float32Array) as [
          Float32Array,
          Float32Array,
        ];
        for (const [i, y] of now.entries()) expect(Math.abs(y - (old[i] as number) / (by[i % by.length] as number))).toBeLessThan(1e-4);
      }
    });
  });

  it('stops at ReLU6, replaces it, or goes around it', () => {
    const model = folded('relu6');
    expect(() => equalizeCrossLayers(model)).toThrow(/ReLU6.*relu6-1/);
    const replaced = equalizeCrossLayers(model, { relu6: 'replace' });
    expect(replaced.nodes.filter(({ op }) => op === 'relu6')).toHaveLength(0);
    expect(outputDifference(folded('relu'), replaced, inputsFor([8, 8, 2]))).toBeLessThan(1e-5);
    expect(() => equalizeCrossLayers(model, { relu6: 'leave' })).toThrow(/No two layers/);
  });

  it('refuses batch norms that are not folded, quantized weights and NaN, by name', () => {
    const unfolded = network('net', [4, 4, 1]).conv2d(2).batchNorm().relu().globalAveragePool().dense(2).model();
    expect(() => equalizeCrossLayers(unfolded)).toThrow(/No two layers of net/);
    expect(() => equalizeCrossLayers(quantizeWeights(folded(), { format: affineFormat({ bits: 8 }) }))).toThrow(
      /Parameter conv2d-1.kernel is quantized/,
    );
    const broken = mapParameters(folded(), (p, name) =>
      name === 'conv2d-2.bias'
        ? {
            ...p,
            value: array(
              p.value.shape,
              p.value.data.map(() => Number.NaN),
            ),
          }
        : p,
    );
    expect(() => equalizeCrossLayers(broken)).toThrow(/Parameter conv2d-2.bias: value 0 is NaN/);
  });

  it('leaves masked weights 0, and channels without weights as they are', () => {
    const model = folded();
    const kernel = model.parameters['conv2d-2.kernel'] as Model['parameters'][string];
    const mask = array(
      kernel.value.shape,
      Uint8Array.from(kernel.value.data, (_, i) => (i % 8 === 0 ? 0 : 1)),
      'uint8',
    );
    const value = array(
      kernel.value.shape,
      kernel.value.data.map((w, i) => (mask.data[i] === 0 ? 0 : w)),
    );
    const masked = withParameters(model, { 'conv2d-2.kernel': { value, mask } });
    const { model: equal } = crossLayerEqualization(masked);
    expect(equal.parameters['conv2d-2.kernel']?.mask).toBe(mask);
    expect(equal.parameters['conv2d-2.kernel']?.value.data.every((w, i) => mask.data[i] === 1 || w === 0)).toBe(true);
    expect(outputDifference(masked, equal, inputsFor([8, 8, 2]))).toBeLessThan(1e-5);
  });
});

describe('planted scales', () => {
  it('keep the outputs and spread the ranges by k', () => {
    const model = foldBatchNorm(
      lively(mobileNetV1({ input: [28, 28, 1], classes: 10, stem: 16, stemStride: 1, blocks: mobileNetV1SmallBlocks })),
    );
    const planted = plantScales(model, { spread: 16, seed: 1 });
    expect(outputDifference(model, planted, inputsFor([28, 28, 1], { count: 2 }))).toBeLessThan(1e-5);
    const ratios = weights(planted, 'conv2d-2.bias').map((b, c) => b / (weights(model, 'conv2d-2.bias')[c] as number));
    expect(Math.min(...ratios)).toBeGreaterThan(1 / 16.01);
    expect(Math.max(...ratios)).toBeLessThan(16.01);
    expect(Math.max(...ratios) / Math.min(...ratios)).toBeGreaterThan(30);
    expect(plantScales(model, { spread: 16, seed: 1 })).toEqual(planted);
  });

  it('are refused where there is no place for them', () => {
    expect(() => plantScales(branched(), { spread: 4 })).toThrow(/no place/);
    expect(() => plantScales(folded(), { spread: 0.5 })).toThrow(/spread of 0.5/);
    expect(() => plantOutliers(folded())).toThrow(/no place/);
    expect(() => plantOutliers(attentionTwin(), { channels: -1 })).toThrow(/-1 channels/);
  });

  it('or outliers keep the outputs of a transformer', () => {
    const model = attentionTwin();
    const planted = plantOutliers(model, { factor: 20 });
    expect(outputDifference(model, planted, inputsFor([6, 12]))).toBeLessThan(1e-5);
    const grown = weights(planted, 'layer-norm-1.gamma').filter((g, c) => g > 10 * (weights(model, 'layer-norm-1.gamma')[c] as number));
    expect(grown).toHaveLength(3);
  });
});

it('dead channels lose the weights that read them, and outputs stay the same', () => {
  const model = folded();
  const bias = weights(model, 'conv2d-1.bias').map((b, c) => (c === 2 ? -1000 : b));
  const kernel = weights(model, 'depthwise-conv2d-1.kernel').map((w, i) => (Math.floor(i / 2) % 6 === 2 ? 500 * w : w));
  const dead = withParameters(model, {
    'conv2d-1.bias': { value: array([6], bias) },
    'depthwise-conv2d-1.kernel': { value: array([3, 3, 6, 2], kernel) },
  });
  const data = unlabelled(inputsFor([8, 8, 2]));
  const silenced = unchanged(dead, () => silenceDeadChannels(dead, data));
  expect(predict(silenced, data.inputs)).toEqual(predict(dead, data.inputs));
  expect(weights(silenced, 'depthwise-conv2d-1.kernel').every((w, i) => (w === 0) === (Math.floor(i / 2) % 6 === 2))).toBe(true);
  expect(silenceDeadChannels(silenced, data)).toEqual(silenced);
  const awake = network('awake', [3]).layerNorm().dense(2).model();
  expect(silenceDeadChannels(awake, unlabelled(inputsFor([3])))).toBe(awake);
  const four = (net: Model): Model => quantizeWeights(equalizeCrossLayers(net), { format: affineFormat({ bits: 4, symmetric: true }) });
  const x = inputsFor([8, 8, 2], { seed: 31 });
  expect(outputDifference(silenced, four(silenced), x)).toBeLessThan(0.5 * outputDifference(dead, four(dead), x));
});

it('the small depthwise net is the one that the figures of the lab were measured on', () => {
  const net = mobileNetV1({ input: [28, 28, 1], classes: 10, stem: 16, stemStride: 1, blocks: mobileNetV1SmallBlocks });
  expect(parameters(net)).toBe(38314);
  expect(macs(net)).toBe(1264160);
});
