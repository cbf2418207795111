import { describe, expect, it } from 'vitest';
import { pruneMagnitude } from '../../../../lib/compress/prune/magnitude.ts';
import { masksOf } from '../../../../lib/compress/prune/masks.ts';
import { calibrate } from '../../../../lib/compress/quantize/activations/calibrate.ts';
import { quantizeActivations } from '../../../../lib/compress/quantize/activations/quantize-activations.ts';
import type { AffineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { quantizeModel } from '../../../../lib/compress/quantize/quantize.ts';
import { activationScheme, type Recipe, weightScheme } from '../../../../lib/compress/quantize/recipe.ts';
import { formatMakers, granularityMakers, rangeMakers, roundingMakers } from '../../../../lib/compress/quantize/recipe-kinds.ts';
import { lowerModel } from '../../../../lib/deploy/lower/lower.ts';
import { dequantizeOutput, quantizeInput } from '../../../../lib/deploy/real-values.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { modelSize } from '../../../../lib/measure/model-size.ts';
import { network } from '../../../../lib/model/build.ts';
import { predict } from '../../../../lib/model/forward.ts';
import { type Model, nodeOf, type Parameter } from '../../../../lib/model/model.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { decodeModel, encodeModel } from '../../../../lib/model/serialize.ts';
import { integers, normal, random } from '../../../../lib/tensor/random.ts';
import { tensorCount } from '../../../../lib/tensor/scope.ts';
import { fit } from '../../../../lib/train/fit.ts';
import { unchanged } from '../../unchanged.ts';

const model = network('net', [6, 6, 2], { seed: 5 })
  .conv2d(4, 3)
  .batchNorm()
  .relu()
  .depthwiseConv2d(3)
  .batchNorm()
  .relu()
  .maxPool(2)
  .flatten()
  .dense(3)
  .activation('softmax')
  .model();
const data = { inputs: normal(random(1), [40, 6, 6, 2]), targets: integers(random(2), [40], { low: 0, high: 2 }) };

const recipe: Recipe = {
  weights: { format: { kind: 'affine', bits: 8, symmetric: true }, granularity: { kind: 'channel' } },
  activations: { format: { kind: 'affine', bits: 8 }, range: { kind: 'min-max' } },
};
const largestGap = (a: Model, b: Model): number => {
  const [x, y] = [a, b].map(m => predict(m, data.inputs).data) as [Float32Array, Float32Array];
  return Math.max(...x.map((value, i) => Math.abs(value - (y[i] as number))));
};
const opsOf = (m: Model): string[] => m.nodes.map(({ op }) => op);
const numberOf = (m: Model, name: string): number => (m.parameters[name] as Parameter).value.data[0] as number;
const refused = (code: string, ...parts: string[]): unknown =>
  expect.objectContaining({ name: 'LabError', code, message: expect.stringMatching(new RegExp(parts.join('.*'))) });

describe('a model quantized after training', () => {
  const quantized = unchanged([model, data], () => quantizeModel(model, recipe, { data }));

  it('has no batch norm, integer weights, and rounds what its steps store', () => {
    expect(opsOf(quantized).filter(op => op === 'batch-norm')).toEqual([]);
    expect(quantized.nodes.filter(({ op }) => op === 'fake-quantize').map(({ id }) => id)).toEqual([
      'input.quantize',
      'relu-1.quantize',
      'relu-2.quantize',
      'dense-1.quantize',
      'softmax-1.quantize',
    ]);
    for (const id of ['conv2d-1', 'depthwise-conv2d-1', 'dense-1']) {
      const kernel = quantized.parameters[`${id}.kernel`] as Parameter;
      expect(kernel.quantization).toMatchObject({ kind: 'affine', bits: 8 });
    }
    expect(quantized.parameters['depthwise-conv2d-1.kernel']?.quantization?.tile).toEqual([3, 3, 1, 1]);
  });

  it('gives nearly the same probabilities, on the grid of 1/256 from -128 on', () => {
    expect(largestGap(model, quantized)).toBeLessThan(0.03);
    expect(numberOf(quantized, 'softmax-1.quantize.scale')).toBe(1 / 256);
    expect(numberOf(quantized, 'softmax-1.quantize.zero-point')).toBe(-128);
    for (const p of predict(quantized, data.inputs).data) expect(Number.isInteger(p * 256)).toBe(true);
  });

  it('is saved and loaded bit for bit, and counts', () => {
    const again = decodeModel(encodeModel(quantized));
    expect(again.parameters).toEqual(quantized.parameters);
    expect(predict(again, data.inputs)).toEqual(predict(quantized, data.inputs));
    expect(modelSize(quantized)).toBeLessThan(modelSize(model) / 2);
  });

  it('is lowered to a program of integers that computes the same', () => {
    const program = lowerModel(quantized);
    const { outputs } = runProgram(program, [quantizeInput(program, data.inputs)]);
    const real = dequantizeOutput(program, outputs[0] as Int8Array).data;
    const expected = predict(quantized, data.inputs).data;
    expect(Math.max(...expected.map((p, i) => Math.abs(p - (real[i] as number))))).toBeLessThanOrEqual(3 / 256);
  });

  it('trains: gradients pass through the roundings of activations', async () => {
    const before = tensorCount();
    const float = quantizeModel(model, { activations: recipe.activations as never }, { data });
    const trained = await fit(float, data, { epochs: 2, batchSize: 20, seed: 1 });
    expect(trained.parameters['conv2d-1.kernel']).not.toEqual(float.parameters['conv2d-1.kernel']);
    expect(trained.parameters['relu-1.quantize.scale']).not.toEqual(float.parameters['relu-1.quantize.scale']);
    expect(predict(trained, data.inputs).data.every(Number.isFinite)).toBe(true);
    expect(tensorCount()).toBe(before);
  });

  it('says how far calibration is, and keeps masks', () => {
    const seen: number[] = [];
    const sparse = pruneMagnitude(model, { sparsity: 0.5 });
    const both = quantizeModel(sparse, recipe, { data, onBatch: done => seen.push(done) });
    expect(seen).toEqual([40]);
    expect(masksOf(both)).toEqual(masksOf(sparse));
  });
});

describe('recipes', () => {
  it('survive JSON', () => {
    const again = JSON.parse(JSON.stringify(recipe)) as Recipe;
    expect(quantizeModel(model, again, { data }).parameters).toEqual(quantizeModel(model, recipe, { data }).parameters);
  });

  it('leave in float32 what they do not name', () => {
    expect(quantizeModel(model, { foldBatchNorm: false })).toEqual(model);
    const weights = quantizeModel(model, { weights: recipe.weights as never });
    expect(opsOf(weights)).not.toContain('fake-quantize');
    const activations = quantizeModel(model, { activations: recipe.activations as never }, { data });
    expect(Object.values(activations.parameters).some(({ quantization }) => quantization)).toBe(false);
    expect(
      Object.entries(weights.parameters)
        .filter(([, { quantization }]) => quantization)
        .map(([name]) => name)
        .sort(),
    ).toEqual(['conv2d-1.kernel', 'dense-1.kernel', 'depthwise-conv2d-1.kernel']);
  });

  it('have layers that differ: weights, activations by the layer that they belong to, and float32', () => {
    const four = { format: { kind: 'affine', bits: 4 } } as const;
    const layers: Recipe['layers'] = {
      'conv2d-1': { weights: four, activations: { ...four, range: { kind: 'percentile', percent: 90 } } },
      'dense-1': { weights: null, activations: null },
    };
    const mixed = quantizeModel(model, { ...recipe, layers }, { data });
    expect(mixed.parameters['conv2d-1.kernel']?.quantization?.bits).toBe(4);
    expect(mixed.parameters['depthwise-conv2d-1.kernel']?.quantization?.bits).toBe(8);
    expect(mixed.parameters['dense-1.kernel']?.quantization).toBeUndefined();
    expect(nodeOf(mixed, 'relu-1.quantize').attributes).toMatchObject({ bits: 4 });
    expect(nodeOf(mixed, 'relu-2.quantize').attributes).toMatchObject({ bits: 8 });
    expect(mixed.nodes.some(({ id }) => id === 'dense-1.quantize')).toBe(false);
    const clipped = numberOf(mixed, 'relu-1.quantize.scale') * 15;
    expect(clipped).toBeLessThan(numberOf(quantizeModel(model, recipe, { data }), 'relu-1.quantize.scale') * 255);
  });

  it('of softmax in other bits have the grid of 2^-bits', () => {
    const six = quantizeModel(model, { activations: { format: { kind: 'affine', bits: 6 } } }, { data });
    expect(numberOf(six, 'softmax-1.quantize.scale')).toBe(1 / 64);
  });

  it('of sigmoid and softmax are those of a file, in 8 and 16 bits; of a sigmoid in fewer its own range', () => {
    const gate = network('gate', [6, 6, 2], { seed: 5 }).flatten().dense(3).activation('sigmoid').dense(3).activation('softmax').model();
    const gridOf = (format: AffineFormat, node: string): readonly number[] => {
      const quantized = quantizeModel(gate, { activations: { format: { kind: 'affine', ...format } } }, { data });
      const intervals = calibrate(gate, data, { format, nodes: [node] });
      const one = quantizeActivations(gate, { intervals, format });
      const grids = [quantized, one].map(m => ['scale', 'zero-point'].map(name => numberOf(m, `${node}.quantize.${name}`)));
      expect(grids[0]).toEqual(grids[1]);
      return grids[0] as number[];
    };
    for (const node of ['sigmoid-1', 'softmax-1']) {
      expect(gridOf({ bits: 8 }, node)).toEqual([1 / 256, -128]);
      expect(gridOf({ bits: 8, signed: false }, node)).toEqual([1 / 256, 0]);
      expect(gridOf({ bits: 16 }, node)).toEqual([1 / 32768, 0]);
      expect(gridOf({ bits: 16, symmetric: true }, node)).toEqual([1 / 32768, 0]);
    }
    expect(gridOf({ bits: 4 }, 'softmax-1')).toEqual([1 / 16, -8]);
    expect(gridOf({ bits: 4 }, 'sigmoid-1')[0]).not.toBe(1 / 16);
  });

  it.each([
    ['an unknown field', { weigths: recipe.weights }, 'quantize/recipe', 'weigths'],
    ['an unknown kind of format', { weights: { format: { kind: 'int8' } } }, 'quantize/recipe', 'weights.format', 'int8'],
    ['a kind of Object.prototype', { weights: { format: { kind: 'constructor' } } }, 'quantize/recipe', 'weights.format'],
    ['an unknown option', { weights: { format: { kind: 'affine', bit: 8 } } }, 'quantize/recipe', 'weights.format', 'bit'],
    ['bits that there are not', { weights: { format: { kind: 'affine', bits: 1 } } }, 'quantize/bits', 'weights.format', '1'],
    ['no format', { weights: {} }, 'quantize/recipe', 'weights.format'],
    ['text', { weights: 'int8' }, 'quantize/recipe', 'weights'],
    ['a list', [], 'quantize/recipe'],
    [
      'activations of no integers',
      { activations: { format: { kind: 'float', name: 'fp8-e4m3' } } },
      'quantize/recipe',
      'activations.format',
    ],
    ['a layer that there is not', { layers: { 'conv2d-9': { weights: null } } }, 'quantize/layer', 'conv2d-9'],
    ['a slip in a layer', { layers: { 'dense-1': { weight: null } } }, 'quantize/recipe', 'layers.dense-1', 'weight'],
    [
      'a broken layer',
      { layers: { 'dense-1': { weights: { format: { kind: 'affine', bits: 40 } } } } },
      'quantize/bits',
      'layers.dense-1.weights.format',
    ],
    ['a view', { layers: { 'flatten-1': { activations: recipe.activations } } }, 'quantize/layer', 'flatten-1'],
    [
      'two granularities',
      { weights: { format: { kind: 'vs-quant', bits: 4 }, granularity: { kind: 'tensor' } } },
      'quantize/recipe',
      'weights.granularity',
    ],
  ] as const)('with %s are refused', (_, wrong, ...rest) => {
    expect(() => quantizeModel(model, wrong as never, { data })).toThrow(refused(...(rest as [string, ...string[]])));
  });

  it('need data for activations, and some of it', () => {
    expect(() => quantizeModel(model, recipe)).toThrow(refused('quantize/data'));
    const none = { inputs: normal(random(1), [0, 6, 6, 2]), targets: integers(random(1), [0], { low: 0, high: 1 }) };
    expect(() => quantizeModel(model, recipe, { data: none })).toThrow(refused('quantize/empty', 'calibration'));
  });
});

describe('tables of kinds', () => {
  const bits = { bits: 4 };
  const options: Record<string, object> = {
    affine: bits,
    'fixed-point': bits,
    logarithmic: bits,
    'vs-quant': bits,
    float: { name: 'fp4-e2m1' },
    microexponents: { name: 'mx4' },
    group: { size: 4 },
    stochastic: { seed: 1 },
  };

  it.each(Object.keys(formatMakers))('format %s quantizes a model', kind => {
    const quantized = quantizeModel(model, { weights: { format: { kind, ...options[kind] } } as never });
    expect(largestGap(model, quantized)).toBeLessThan(0.4);
    expect(realValue(quantized.parameters['dense-1.kernel'] as Parameter)).not.toEqual(model.parameters['dense-1.kernel']?.value);
  });

  it.each([
    ...Object.keys(granularityMakers).map(kind => ['granularity', kind] as const),
    ...Object.keys(rangeMakers).map(kind => ['range', kind] as const),
    ...Object.keys(roundingMakers).map(kind => ['rounding', kind] as const),
  ])('%s %s makes a scheme', (part, kind) => {
    const scheme = weightScheme({ format: { kind: 'affine', bits: 8 }, [part]: { kind, ...options[kind] } });
    expect(scheme[part]?.name).toContain(kind.split('-')[0]);
  });

  it.each(Object.keys(rangeMakers))('range %s serves activations', kind => {
    const activations = { format: { kind: 'affine', bits: 8 }, range: { kind } } as never;
    expect(activationScheme(activations).range.name).toContain(kind);
    expect(largestGap(model, quantizeModel(model, { activations }, { data }))).toBeLessThan(0.3);
  });
});
