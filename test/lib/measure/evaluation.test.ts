import { expect, test } from 'vitest';
import { accuracy, classify, confusion } from '../../../lib/measure/accuracy.ts';
import { compare } from '../../../lib/measure/compare.ts';
import { latency } from '../../../lib/measure/latency.ts';
import { macs } from '../../../lib/measure/macs.ts';
import { modelSize, parameterBits } from '../../../lib/measure/model-size.ts';
import { parameters } from '../../../lib/measure/parameters.ts';
import { sparsity, sparsityByParameter } from '../../../lib/measure/sparsity.ts';
import { summarizeTimes } from '../../../lib/measure/times.ts';
import { alexNet } from '../../../lib/model/alexnet.ts';
import { network } from '../../../lib/model/build.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { type Model, mapParameters, withParameters } from '../../../lib/model/model.ts';
import { affine } from '../../../lib/model/quantization/affine.ts';
import { codebook } from '../../../lib/model/quantization/codebook.ts';
import { array, filled, type NDArray, zeros } from '../../../lib/tensor/array.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { perAxis } from '../../../lib/tensor/tiles.ts';
import { unchanged } from '../unchanged.ts';

/** Scores are the pixels themselves, so that the right class is in the image. */
function identity(classes: number): Model {
  const model = network('identity', [1, 1, classes]).flatten().dense(classes, { bias: false }).model();
  const kernel = Float32Array.from({ length: classes * classes }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0));
  return withParameters(model, { 'dense-1.kernel': { value: array([classes, classes], kernel) } });
}
const images = (rows: number[][]): NDArray => array([rows.length, 1, 1, rows[0]?.length ?? 0], rows.flat(), 'uint8');
const labels = (values: number[]): NDArray => array([values.length], values, 'int32');
const rows = [
  [9, 1, 1],
  [1, 9, 1],
  [1, 1, 9],
  [5, 5, 1],
  [0, 2, 3],
];

test('accuracy, predictions and confusion, exact; batches of any size agree; nothing leaks, nothing changes', () => {
  const data = { images: images(rows), labels: labels([0, 1, 0, 0, 2]) };
  const before = tensorCount();
  unchanged(data, () => {
    expect([...classify(identity(3), data.images).data]).toEqual([0, 1, 2, 0, 2]);
    for (const batchSize of [1, 2, 5, 256]) expect(accuracy(identity(3), data, { batchSize })).toBe(4 / 5);
    expect([...confusion(identity(3), data).data]).toEqual([2, 0, 1, 0, 1, 0, 0, 0, 1]);
  });
  expect(tensorCount()).toBe(before);
});

test('scores that are not finite are never right', () => {
  const broken = mapParameters(identity(2), p => ({ ...p, value: filled(p.value.shape, Number.NaN) }));
  const data = { images: images([[1, 2]]), labels: labels([0]) };
  expect(accuracy(broken, data)).toBe(0);
  expect([...classify(broken, data.images).data]).toEqual([-1]);
  expect([...confusion(broken, { ...data, classes: ['a', 'b'] }).data]).toEqual([0, 0, 0, 0]);
});

/** One logit, which is the pixel itself times `weight`. */
const logit = (weight = 1): Model =>
  withParameters(network('binary', [1]).dense(1, { bias: false }).model(), { 'dense-1.kernel': { value: array([1, 1], [weight]) } });
const refusedAs = (code: string) => expect.objectContaining({ name: 'LabError', code });

test('one logit is binary: class 1 above 0', () => {
  const data = { images: array([5, 1], [-2, -1, 0, 1, 2]), labels: labels([0, 0, 0, 1, 1]) };
  expect(accuracy(logit(), data)).toBe(1);
  expect(accuracy(logit(-1), data)).toBe(1 / 5);
  expect([...classify(logit(), data.images).data]).toEqual([0, 0, 0, 1, 1]);
  expect(confusion(logit(-1), data)).toMatchObject({ shape: [2, 2], data: Int32Array.of(1, 2, 2, 0) });
  expect([...classify(logit(Number.NaN), data.images).data]).toEqual([-1, -1, -1, -1, -1]);
  const spread = { ...data, images: array([5, 1], [-Infinity, -1, 0, 1, Infinity]) };
  expect(accuracy(logit(), spread)).toBe(3 / 5);
});

test.each([
  ['beyond the classes', [0, 5]],
  ['the own mark for scores that are not finite', [0, -1]],
])('a label %s is refused, by accuracy and confusion, of one logit too', (_, wrong) => {
  for (const model of [identity(2), logit()]) {
    const data = {
      images:
        model.name === 'binary'
          ? array([2, 1], [1, 2])
          : images([
              [1, 2],
              [3, 4],
            ]),
      labels: labels(wrong),
    };
    expect(() => accuracy(model, data)).toThrow(refusedAs('measure/labels'));
    expect(() => confusion(model, data)).toThrow(refusedAs('measure/labels'));
    expect(() => confusion(model, { ...data, classes: ['a', 'b'] })).toThrow(refusedAs('measure/labels'));
  }
});

test('labels that are no whole numbers, or of another shape, are refused', () => {
  const pixels = images([
    [1, 2],
    [3, 4],
  ]);
  for (const wrong of [array([2], [0, 0.5]), array([2], [0, Number.NaN]), array([2, 1], [0, 1], 'int32'), array([1, 2], [0, 1], 'int32')])
    expect(() => accuracy(identity(2), { images: pixels, labels: wrong })).toThrow(refusedAs('measure/labels'));
});

test('outputs that are not [n, classes] are refused', () => {
  const maps = network('maps', [2, 2, 3]).conv2d(2, 1).model();
  const data = { images: zeros([3, 2, 2, 3]), labels: labels([0, 0, 0]) };
  for (const measure of [() => accuracy(maps, data), () => confusion(maps, data), () => classify(maps, data.images)])
    expect(measure).toThrow(refusedAs('measure/scores'));
});

test('confusion has a row and a column for every class that is named, and no prediction is dropped', () => {
  const data = { images: images([[1, 2, 9]]), labels: labels([0]) };
  expect(confusion(identity(3), { ...data, classes: ['a', 'b', 'c', 'd'] }).shape).toEqual([4, 4]);
  expect(() => confusion(identity(3), { ...data, classes: ['a', 'b'] })).toThrow(refusedAs('measure/classes'));
});

test('evaluation without images or with too few labels is refused', () => {
  const model = identity(2);
  expect(() => accuracy(model, { images: zeros([0, 1, 1, 2], 'uint8'), labels: labels([]) })).toThrowError(
    expect.objectContaining({ code: 'measure/empty' }),
  );
  expect(() => accuracy(model, { images: images([[1, 2]]), labels: labels([0, 1]) })).toThrowError(
    expect.objectContaining({ code: 'measure/labels' }),
  );
});

test('model size: AlexNet in float32 and int8, running statistics, scales and code books', () => {
  const weights = { count: parameters(alexNet()) };
  expect(modelSize(alexNet())).toBe(4 * weights.count);
  expect(modelSize(alexNet(), { bits: 8 })).toBe(weights.count);
  const normal = network('n', [3]).batchNorm().model();
  expect(modelSize(normal)).toBe(4 * 3 * 4);
  const value = zeros([3, 5], 'int8');
  const about = { shape: [3, 5], bits: 4 };
  const quantization = affine({ ...about, tile: perAxis([3, 5], 1), scale: filled([1, 5], 1), zeroPoint: zeros([1, 5], 'int32') });
  expect(parameterBits({ value, trainable: true, quantization })).toBe(15 * 4 + 5 * 32 + 5 * 32);
  expect(parameterBits({ value, trainable: true, quantization: codebook({ ...about, entries: zeros([16]) }) })).toBe(15 * 4 + 16 * 32);
  expect(parameterBits({ value: zeros([3, 5], 'int4'), trainable: true })).toBe(60);
  expect(parameterBits({ value: zeros([4]), mask: filled([4], 1, 'bool'), trainable: true })).toBe(128);
});

test('sparsity counts kernels only, masks and quantized zeros included', () => {
  const model = identity(3);
  expect(sparsity(model)).toBe(6 / 9);
  const mask = array([3, 3], [0, 1, 1, 1, 1, 1, 1, 1, 1], 'bool');
  expect(sparsity(withParameters(model, { 'dense-1.kernel': { mask } }))).toBe(7 / 9);
  const quantization = affine({ shape: [3, 3], bits: 8, scale: [0.1], zeroPoint: [3] });
  const quantized = withParameters(model, { 'dense-1.kernel': { value: filled([3, 3], 3, 'int8'), quantization } });
  expect(sparsityByParameter(quantized)).toEqual({ 'dense-1.kernel': 1 });
  expect(sparsity(mlp({ seed: 1 }))).toBe(0);
});

test('median, minimum and interquartile range', () => {
  expect(summarizeTimes([5, 1, 2, 4, 3])).toEqual({ medianMs: 3, minMs: 1, spreadMs: 2, samplesMs: [5, 1, 2, 4, 3] });
  expect(summarizeTimes([1, 2]).medianMs).toBe(1.5);
});

test('latency runs as often as asked, positive times, and leaks nothing', () => {
  const before = tensorCount();
  const { samplesMs, minMs, medianMs } = latency(mlp({ input: [4], hidden: [3] }), { warmUp: 1, runs: 4, batch: 2 });
  expect(samplesMs).toHaveLength(4);
  expect(minMs).toBeGreaterThan(0);
  expect(medianMs).toBeGreaterThanOrEqual(minMs);
  expect(tensorCount()).toBe(before);
  expect(() => latency(mlp(), { runs: 0 })).toThrowError(expect.objectContaining({ code: 'measure/runs' }));
});

test('compare gives one row a model, as data and as a table; a promise is no figure', () => {
  const models = { small: mlp({ input: [4], hidden: [2] }), large: mlp({ input: [4], hidden: [8] }) };
  const { rows: found, table, metrics } = compare(models, { parameters, macs });
  expect(found).toEqual([
    { model: 'small', parameters: 4 * 2 + 2 + 2 * 10 + 10, macs: 28 },
    { model: 'large', parameters: 4 * 8 + 8 + 8 * 10 + 10, macs: 112 },
  ]);
  expect(metrics).toEqual(['parameters', 'macs']);
  expect(table.columnNames()).toEqual(['model', 'parameters', 'macs']);
  expect(() => compare(models, { slow: (async () => 1) as never })).toThrowError(expect.objectContaining({ code: 'measure/metric' }));
});
