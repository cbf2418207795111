import { describe, expect, it } from 'vitest';
import { quantizeActivations } from '../../../../../lib/compress/quantize/activations/quantize-activations.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { floatFormat } from '../../../../../lib/compress/quantize/format/float.ts';
import { logarithmicFormat } from '../../../../../lib/compress/quantize/format/logarithmic.ts';
import { axis, channel, group } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { microexponents } from '../../../../../lib/compress/quantize/granularity/microexponents.ts';
import { vsQuant } from '../../../../../lib/compress/quantize/granularity/vs-quant.ts';
import { quantizeWeights, type Scheme } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import type { RangeMethod } from '../../../../../lib/compress/quantize/range/range.ts';
import { learnedSteps } from '../../../../../lib/compress/quantize/schedule/lsq.ts';
import { quantizationAware } from '../../../../../lib/compress/quantize/schedule/quantization-aware.ts';
import { trainQuantized } from '../../../../../lib/compress/quantize/schedule/train-quantized.ts';
import { network } from '../../../../../lib/model/build.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Model, withParameters } from '../../../../../lib/model/model.ts';
import { weightNames, weightValue } from '../../../../../lib/model/weights.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import type { NamedTensors, TrainingHooks } from '../../../../../lib/train/hooks.ts';
import type { TrainingEpoch } from '../../../../../lib/train/report.ts';
import { guardAgainstLeaks } from '../../../tensor/leak-guard.ts';
import { lossOf } from '../../prune/loss-of.ts';
import { quadrants, start } from '../../quadrants.ts';

guardAgainstLeaks();

const symmetric = (bits: number): Scheme => ({ format: affineFormat({ bits, symmetric: true }), granularity: axis(-1) });
const training = { epochs: 4, batchSize: 40, learningRate: 0.1 };
const name = 'dense-1.kernel';
/** Clips at ±1: a range method whose ends the weights don't move. */
const unit: RangeMethod = { name: 'unit', interval: () => ({ low: -1, high: 1 }) };

/** What hooks make of these parameters. */
const shownBy = (hooks: TrainingHooks, parameters: NamedTensors): NamedTensors => hooks.parameters?.(parameters) ?? {};

/** What the loss sees of one weight, and the gradient of Σ over it times 1, 2, 3 …. */
function seen(model: Model, options: Parameters<typeof quantizationAware>[1]): { shown: number[]; slopes: number[] } {
  return tf.tidy(() => {
    const hooks = quantizationAware(model, options);
    const weight = upload(weightValue(model, name));
    const upstream = tf.range(1, weight.size + 1).reshape(weight.shape);
    const show = (w: tf.Tensor): tf.Tensor => shownBy(hooks, { ...uploaded(model), [name]: w })[name] as tf.Tensor;
    return {
      shown: [...show(weight).dataSync()],
      slopes: [
        ...tf
          .grad(w => tf.sum(tf.mul(show(w), upstream)))(weight)
          .dataSync(),
      ],
    };
  });
}

const uploaded = (model: Model): NamedTensors =>
  Object.fromEntries(Object.keys(model.parameters).map(parameter => [parameter, upload(weightValue(model, parameter))]));

describe('quantization-aware hooks', () => {
  const schemes: readonly Scheme[] = [
    symmetric(2),
    { format: affineFormat({ bits: 4 }) },
    { format: affineFormat({ bits: 3 }), granularity: group(4) },
    { format: affineFormat({ bits: 3, signed: false }), granularity: axis(0), range: unit },
    { format: floatFormat('fp4-e2m1'), granularity: axis(-1) },
    { format: floatFormat('fp8-e4m3') },
    { format: logarithmicFormat({ bits: 4 }) },
    vsQuant({ bits: 4 }),
    microexponents('mx6'),
  ];

  it.each(schemes)('show the loss exactly what quantizeWeights makes of the weights (%#)', weights => {
    const model = start(2);
    expect(seen(model, { weights, ranges: 'start' }).shown).toEqual([...weightValue(quantizeWeights(model, weights), name).data]);
    expect(seen(model, { weights }).shown).toEqual([...weightValue(quantizeWeights(model, weights), name).data]);
  });

  it.each(['each-step', 'start'] as const)('know the output channels of a depthwise kernel (%s)', ranges => {
    const depthwise = network('d', [4, 4, 3]).depthwiseConv2d(3).model();
    const [kernel] = weightNames(depthwise) as [string];
    const weights = { format: affineFormat({ bits: 3 }), granularity: channel() };
    const shown = tf.tidy(() => [
      ...(shownBy(quantizationAware(depthwise, { weights, ranges }), uploaded(depthwise))[kernel] as tf.Tensor).dataSync(),
    ]);
    expect(shown).toEqual([...weightValue(quantizeWeights(depthwise, weights), kernel).data]);
    expect(shown).not.toEqual([...weightValue(quantizeWeights(depthwise, { ...weights, granularity: axis(-1) }), kernel).data]);
  });

  it('let the gradient through where nothing is clipped, and 0 where the range clips', () => {
    const model = withParameters(start(1), { [name]: { value: array([1, 6], [-3, -1.3, -0.2, 0.3, 1.2, 7]) } });
    const scheme = { format: affineFormat({ bits: 2, symmetric: true }) };
    expect(seen(model, { weights: scheme, parameters: [name] }).slopes).toEqual([1, 2, 3, 4, 5, 6]);
    const clipped = seen(model, { weights: { ...scheme, range: unit }, parameters: [name] });
    expect(clipped.shown).toEqual([-1, -1, 0, 0, 1, 1]);
    expect(clipped.slopes).toEqual([0, 2, 3, 4, 5, 0]);
  });

  it('keep the ranges of the start, where told to', () => {
    const model = start(1);
    const hooks = quantizationAware(model, { weights: symmetric(4), ranges: 'start' });
    const top = (factor: number): number =>
      tf.tidy(() => {
        const shown = shownBy(hooks, { ...uploaded(model), [name]: tf.mul(upload(weightValue(model, name)), factor) });
        return tf.max(tf.abs(shown[name] as tf.Tensor)).dataSync()[0] as number;
      });
    expect(top(10)).toBe(top(1));
  });

  it('give each parameter its own scheme, and leave those without one', () => {
    const model = start(1);
    const own = tf.tidy(() => {
      const hooks = quantizationAware(model, { weights: parameter => (parameter === name ? symmetric(2) : undefined) });
      return Object.keys(shownBy(hooks, uploaded(model)));
    });
    expect(own).toEqual([name]);
  });

  it('refuse a name that the model lacks', () => {
    expect(() => quantizationAware(start(1), { weights: symmetric(2), parameters: ['dense-9.kernel'] })).toThrow('dense-9.kernel');
  });

  it('leave float32 weights behind, of more values than the grid has', async () => {
    const model = start(1);
    const aware = await fit(model, quadrants, { ...training, hooks: quantizationAware(model, { weights: symmetric(2) }) });
    expect(aware.parameters[name]?.quantization).toBeUndefined();
    expect(new Set(weightValue(aware, name).data).size).toBeGreaterThan(100);
  });
});

describe('trainQuantized', () => {
  it('stores integers, of a loss far below that of rounding after the same training', async () => {
    const model = start(1);
    const weights = symmetric(2);
    const trained = await trainQuantized(model, quadrants, { ...training, weights });
    const rounded = quantizeWeights(await fit(model, quadrants, training), weights);
    expect(Object.values(trained.parameters).filter(({ quantization }) => quantization)).toHaveLength(2);
    expect(lossOf(trained, quadrants)).toBeLessThan(0.7 * lossOf(rounded, quadrants));
  });

  it.each(['each-step', 'start'] as const)('is the quantized model of the hooks, bit for bit (%s)', async ranges => {
    const model = start(3);
    const weights = symmetric(3);
    const verb = await trainQuantized(model, quadrants, { ...training, epochs: 1, weights, ranges });
    const aware = await fit(model, quadrants, { ...training, epochs: 1, hooks: quantizationAware(model, { weights, ranges }) });
    const shown = tf.tidy(() => {
      const hooks = quantizationAware(model, { weights, ranges });
      return [...(shownBy(hooks, uploaded(aware))[name] as tf.Tensor).dataSync()];
    });
    expect([...weightValue(verb, name).data]).toEqual(shown);
  });

  it('keeps pruned weights at 0, also on a grid that 0 is not on', async () => {
    const dense = start(1);
    const mask = array(
      [10, 32],
      Float32Array.from({ length: 320 }, (_, i) => i % 2),
    );
    const model = withParameters(dense, { [name]: { mask } });
    const trained = await trainQuantized(model, quadrants, { ...training, epochs: 1, weights: { format: affineFormat({ bits: 4 }) } });
    const values = [...weightValue(trained, name).data];
    expect(trained.parameters[name]?.mask).toBe(mask);
    expect(values.filter((_, i) => i % 2 === 0).every(w => w === 0)).toBe(true);
    expect(values.some(w => w !== 0)).toBe(true);
  });

  it('trains the grids of activations along', async () => {
    const intervals = { 'relu-1': { low: 0, high: 6 } };
    const model = quantizeActivations(mlp({ input: [10], hidden: [32], classes: 4, seed: 1 }), { intervals, format: { bits: 4 } });
    const trained = await trainQuantized(model, quadrants, { ...training, epochs: 1, weights: symmetric(4) });
    const scale = Object.keys(model.parameters).find(parameter => parameter.endsWith('scale')) as string;
    expect(trained.parameters[scale]?.value.data[0]).not.toBe(model.parameters[scale]?.value.data[0]);
    expect(lossOf(trained, quadrants)).toBeLessThan(lossOf(model, quadrants));
  });

  it('says that training diverged, and leaves no tensors behind', async () => {
    const hot = { ...training, learningRate: 1e30, validation: quadrants };
    const diverged = expect.objectContaining({ name: 'LabError', code: 'train/diverged' });
    await expect(trainQuantized(start(1), quadrants, { ...hot, weights: symmetric(4) })).rejects.toThrow(diverged);
    const technique = learnedSteps(start(1), { bits: 4 });
    await expect(trainQuantized(start(1), quadrants, { ...hot, technique })).rejects.toThrow(diverged);
  });

  it('names the parameter that is not finite', async () => {
    const model = withParameters(start(1), { [name]: { value: array([10, 32], new Float32Array(320).fill(Number.NaN)) } });
    await expect(trainQuantized(model, quadrants, { weights: symmetric(4), ranges: 'start' })).rejects.toThrow(`Parameter ${name}`);
  });
});

describe('validation while training', () => {
  it('measures the quantized model', async () => {
    const model = start(1);
    const losses: (number | undefined)[] = [];
    const reporter = { epoch: ({ validationLoss }: TrainingEpoch) => void losses.push(validationLoss) };
    const trained = await trainQuantized(model, quadrants, { ...training, weights: symmetric(2), validation: quadrants, reporter });
    expect(losses.at(-1)).toBeCloseTo(lossOf(trained, quadrants), 4);
  });
});
