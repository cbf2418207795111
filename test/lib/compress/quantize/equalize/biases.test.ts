import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absorbBias } from '../../../../../lib/compress/quantize/equalize/absorb-bias.ts';
import { correctBias, correctBiasFromStatistics } from '../../../../../lib/compress/quantize/equalize/correct-bias.ts';
import { crossLayerEqualization } from '../../../../../lib/compress/quantize/equalize/cross-layer.ts';
import { expectedInputs } from '../../../../../lib/compress/quantize/equalize/expected-inputs.ts';
import { expectedRelu } from '../../../../../lib/compress/quantize/equalize/expected-relu.ts';
import {
  batchNormStatistics,
  type ChannelStatistics,
  dividedStatistics,
  type OutputStatistics,
  outputStatistics,
} from '../../../../../lib/compress/quantize/equalize/output-statistics.ts';
import { foldBatchNorm } from '../../../../../lib/compress/quantize/fold/batch-norm.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { quantizeWeights } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { mobileNetV1 } from '../../../../../lib/model/mobilenet-v1.ts';
import { type Model, nodeOf, withParameters } from '../../../../../lib/model/model.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { refreshBatchNorm } from '../../../../../lib/train/refresh-batch-norm.ts';
import { unchanged } from '../../../unchanged.ts';
import { branched, folded, inputsFor, lively, outputDifference, unlabelled, weights } from './nets.ts';

describe('E[ReLU] of a normal distribution', () => {
  it('is the mean of draws, with and without a bound', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        fc.integer(),
        (mean, deviation, seed) => {
          const rng = random(seed);
          let [free, bounded] = [0, 0];
          for (let i = 0; i < 20_000; i++) {
            const x = Math.max(0, rng.normal(mean, deviation));
            free += x / 20_000;
            bounded += Math.min(x, 1) / 20_000;
          }
          expect(Math.abs(free - expectedRelu(mean, deviation))).toBeLessThan(0.04 * deviation);
          expect(Math.abs(bounded - expectedRelu(mean, deviation, 1))).toBeLessThan(0.04 * deviation);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('has its exact values, and those of a distribution without width', () => {
    expect([expectedRelu(0, 1), expectedRelu(1, 1), expectedRelu(-1, 2)].map(x => x.toFixed(6))).toEqual([
      '0.398942',
      '1.083315',
      '0.395593',
    ]);
    expect([expectedRelu(2, 0), expectedRelu(-2, 0), expectedRelu(8, 0, 6)]).toEqual([2, 0, 6]);
    expect(expectedRelu(1, -1)).toBe(expectedRelu(1, 1));
    expect(expectedRelu(-100, 1)).toBeCloseTo(0, 12);
  });
});

/** A net whose batch norms know the statistics of its own data. */
async function settled(): Promise<{ model: Model; data: ReturnType<typeof unlabelled> }> {
  const net = network('settled', [12, 12, 1], { seed: 4 }).conv2d(8, 3, { bias: false }).batchNorm().relu();
  net.depthwiseConv2d(3, { bias: false, padding: 'valid' }).batchNorm().relu().conv2d(12, 1, { bias: false }).batchNorm().relu6();
  const data = unlabelled(inputsFor([12, 12, 1], { count: 200 }));
  return { model: await refreshBatchNorm(lively(net.globalAveragePool().dense(5).model()), data), data };
}

/** The largest difference of the means of these layers' outputs in two models. */
function shiftOf(models: readonly [Model, Model], data: ReturnType<typeof unlabelled>, ids: readonly string[]): number {
  const [now, was] = models.map(model => outputStatistics(model, data, ids)) as [OutputStatistics, OutputStatistics];
  return Math.max(
    ...ids.flatMap(id => Array.from((now[id] as ChannelStatistics).mean, (m, c) => Math.abs(m - (was[id]?.mean[c] as number)))),
  );
}

describe('bias correction', () => {
  it('from data leaves no shift of any layer, and adds biases where there were none', async () => {
    const { model, data } = await settled();
    const reference = foldBatchNorm(model);
    const ids = ['conv2d-1', 'depthwise-conv2d-1', 'conv2d-2', 'dense-1'];
    const quantized = quantizeWeights(reference, { format: affineFormat({ bits: 3 }) });
    const corrected = unchanged(quantized, () => correctBias(quantized, { reference, data }));
    expect(shiftOf([quantized, reference], data, ids)).toBeGreaterThan(0.02);
    expect(shiftOf([corrected, reference], data, ids)).toBeLessThan(1e-5);
    const bare = network('bare', [4]).dense(6, { bias: false }).relu().dense(2, { bias: false }).model();
    const small = correctBias(quantizeWeights(bare, { format: affineFormat({ bits: 2 }) }), {
      reference: bare,
      data: unlabelled(inputsFor([4], { count: 300 })),
    });
    expect(shiftOf([small, bare], unlabelled(inputsFor([4], { count: 300 })), ['dense-1', 'dense-2'])).toBeLessThan(1e-5);
    expect(small.parameters['dense-1.kernel']?.quantization).toBeDefined();
  });

  it('without data takes most of the shift away, after equalization too', async () => {
    const { model, data } = await settled();
    const { model: reference, divisors } = crossLayerEqualization(foldBatchNorm(model), { relu6: 'leave' });
    const statistics = dividedStatistics(batchNormStatistics(model), divisors);
    const measured = outputStatistics(reference, data, Object.keys(statistics));
    for (const [id, { mean, deviation }] of Object.entries(statistics))
      mean.forEach((m, c) => {
        expect(Math.abs(m - (measured[id]?.mean[c] as number))).toBeLessThan(1e-3 + 0.01 * (deviation[c] as number));
        expect(Math.abs((deviation[c] as number) / (measured[id]?.deviation[c] as number) - 1)).toBeLessThan(0.01);
      });
    const quantized = quantizeWeights(reference, { format: affineFormat({ bits: 4 }) });
    const corrected = correctBiasFromStatistics(quantized, { reference, statistics });
    for (const id of ['conv2d-2', 'dense-1']) {
      const before = shiftOf([onlyLayer(quantized, reference, id), reference], data, [id]);
      expect(shiftOf([onlyLayer(corrected, reference, id), reference], data, [id])).toBeLessThan(0.35 * before);
    }
    expect(corrected.parameters['conv2d-1.bias']).toBe(quantized.parameters['conv2d-1.bias']);
  });

  it('is exact where the mean of what a layer reads is', () => {
    const reference = network('net', [3]).dense(4).relu().dense(5).model();
    const quantized = quantizeWeights(reference, { format: affineFormat({ bits: 2 }) });
    const data = unlabelled(inputsFor([3], { count: 50 }));
    const mean = outputStatistics(reference, data, ['relu-1'])['relu-1']?.mean as Float64Array;
    // a deviation of 0 makes E[ReLU] what it is told
    const statistics = { 'dense-1': { mean, deviation: mean.map(() => 0) } };
    const corrected = correctBiasFromStatistics(quantized, { reference, statistics });
    expect(shiftOf([onlyLayer(corrected, reference, 'dense-2'), reference], data, ['dense-2'])).toBeLessThan(1e-5);
  });

  it('refuses models that do not go together', () => {
    const { data } = { data: unlabelled(inputsFor([8, 8, 2])) };
    const other = network('other', [8, 8, 2]).conv2d(3).relu().globalAveragePool().dense(3).model();
    expect(() => correctBias(folded(), { reference: other, data })).toThrow(/has no twin in the reference other/);
    expect(() => batchNormStatistics(other)).toThrow(/no batch norm/);
  });
});

/** The reference with one layer of the other model. */
function onlyLayer(model: Model, reference: Model, id: string): Model {
  const names = Object.values(nodeOf(model, id).parameters);
  return withParameters(reference, Object.fromEntries(names.map(name => [name, model.parameters[name] ?? {}])));
}

it('expected inputs go through sums, concatenation, pooling and views, and stop where nothing is known', () => {
  const net = network('net', [4, 4, 1]).conv2d(2);
  const a = net.at;
  const sum = net.relu().at;
  net.from(a).relu6().add(sum).averagePool(2).conv2d(3, 1).concat(net.from(a).maxPool(2).at);
  const model = net.globalAveragePool().dense(2).model();
  const statistics = { 'conv2d-1': { mean: Float64Array.of(1, 2), deviation: Float64Array.of(1, 3) } };
  const expected = expectedInputs(model, statistics);
  expect([...expected.keys()]).toEqual(['conv2d-2']);
  expect(Array.from(expected.get('conv2d-2') ?? [])).toEqual([
    expectedRelu(1, 1) + expectedRelu(1, 1, 6),
    expectedRelu(2, 3) + expectedRelu(2, 3, 6),
  ]);
});

describe('bias absorption', () => {
  const net = network('net', [5, 5, 1], { seed: 2 }).conv2d(4).relu().maxPool(2).conv2d(3, 1).relu().flatten().dense(2).model();
  const high = withParameters(net, {
    'conv2d-1.bias': { value: array([4], [9, 0, 12, -1]) },
    'conv2d-2.bias': { value: array([3], [80, 0, 80]) },
  });
  const data = unlabelled(inputsFor([5, 5, 1], { count: 30 }));

  it('moves what is always there into the next bias, with the same outputs', () => {
    const statistics = outputStatistics(high, data, ['conv2d-1', 'conv2d-2']);
    const absorbed = unchanged(high, () => absorbBias(high, { statistics, deviations: 4.5 }));
    const [was, now] = [high, absorbed].map(model => weights(model, 'conv2d-1.bias')) as [Float32Array, Float32Array];
    expect(now[0] as number).toBeLessThan((was[0] as number) - 2.5);
    expect([now[1], now[3]]).toEqual([was[1], was[3]]);
    expect(weights(absorbed, 'dense-1.bias')).not.toEqual(weights(high, 'dense-1.bias'));
    expect(outputDifference(high, absorbed, inputsFor([5, 5, 1], { count: 30 }))).toBeLessThan(1e-4);
    const [before, after] = [high, absorbed].map(model => outputStatistics(model, data, ['relu-1'])['relu-1']?.mean[0]) as [number, number];
    expect(after).toBeLessThan(before / 1.3);
  });

  it('leaves borders alone unless told otherwise, where nothing is known, and where nothing is high', () => {
    const bordered = withParameters(lively(mobileNetV1({ input: [8, 8, 1], classes: 2, stem: 4, stemStride: 1, blocks: [[4, 1]] })), {});
    const model = foldBatchNorm(bordered);
    const statistics = { 'conv2d-1': { mean: Float64Array.of(9, 9, 9, 9), deviation: Float64Array.of(1, 1, 1, 1) } };
    expect(absorbBias(model, { statistics })).toBe(model);
    expect(absorbBias(model, { statistics, borders: true })).not.toBe(model);
    expect(absorbBias(model, { statistics: {} })).toBe(model);
    expect(absorbBias(high, { statistics: outputStatistics(high, data, ['conv2d-1']), deviations: 100 })).toBe(high);
    expect(predict(absorbBias(model, { statistics, borders: true }), inputsFor([8, 8, 1])).shape).toEqual([8, 2]);
  });

  it('does not go through sums', () => {
    const model = foldBatchNorm(branched());
    const statistics = { 'conv2d-2': { mean: new Float64Array(8).fill(9), deviation: new Float64Array(8).fill(1) } };
    expect(absorbBias(model, { statistics })).toBe(model);
  });
});
