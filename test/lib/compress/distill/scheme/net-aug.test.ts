import { describe, expect, it } from 'vitest';
import { distillationLoss } from '../../../../../lib/compress/distill/distillation-loss.ts';
import { logits } from '../../../../../lib/compress/distill/match/logits.ts';
import { augment, netAug } from '../../../../../lib/compress/distill/scheme/net-aug.ts';
import { widened } from '../../../../../lib/compress/distill/scheme/widen.ts';
import { frozenTeacher } from '../../../../../lib/compress/distill/teacher.ts';
import { pruneChannels } from '../../../../../lib/compress/prune/channels/prune-channels.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import { network } from '../../../../../lib/model/build.ts';
import { prunableGroups } from '../../../../../lib/model/channels/groups.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { mobileNetV2 } from '../../../../../lib/model/mobilenet-v2.ts';
import { type Model, withParameters } from '../../../../../lib/model/model.ts';
import { inferShapes } from '../../../../../lib/model/shapes.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { gradients } from '../../../../../lib/train/gradients.ts';
import { lossWith } from '../../../../../lib/train/losses.ts';
import { values } from './values.ts';

const data = strokeGlyphs({ count: 48, seed: 1 });
const reporter = {};
const base = vgg({ widths: [3, 'M', 4], seed: 3 });
const flat = network('flat', [28, 28, 1], { seed: 2 }).conv2d(3, 3, { strides: 4 }).relu().flatten().dense(5).relu().dense(10).model();
const residual = network('residual', [28, 28, 1], { seed: 6 })
  .conv2d(3, 3, { strides: 4, id: 'stem' })
  .conv2d(6, 1)
  .batchNorm()
  .relu6()
  .depthwiseConv2d(3)
  .conv2d(3, 1, { id: 'back' })
  .apply('add', {}, { inputs: ['stem', 'back'] })
  .globalAveragePool()
  .dense(10)
  .model();
const options = { steps: 4, batchSize: 16, seed: 4, learningRate: 0.05, reporter } as const;
const refused = (code: string): unknown => expect.objectContaining({ code });

/** The augmented network of a ratio as a model of its own. */
function wideModel(small: Model, ratios: readonly number[], at: number): Model {
  const { owns, slices, weights } = augment(small, { ratios });
  const slice = slices[at] as (typeof slices)[number];
  const found = tf.tidy(() => {
    const all = [...Object.entries(small.parameters), ...Object.entries(owns)];
    const tensors = Object.fromEntries(all.map(([name, { value }]) => [name, tf.tensor(value.data as Float32Array, [...value.shape])]));
    return Object.entries(weights(slice, tensors)).map(([name, t]): [string, number[], Float32Array] => [
      name,
      t.shape,
      t.dataSync() as Float32Array,
    ]);
  });
  const wide = Object.fromEntries(found.map(([name, shape, value]) => [name, { value: array(shape, value) }]));
  return withParameters(slice.model, wide);
}

const firstOf = (small: Model): Record<string, number[]> =>
  Object.fromEntries(prunableGroups(small).map(({ name, channels }) => [name, Array.from({ length: channels }, (_, i) => i)]));

describe('widened', () => {
  it('multiplies hidden channels and leaves images and classes', () => {
    const wide = widened(base, 2.5);
    expect(inferShapes(wide).get('conv2d-1')).toEqual([28, 28, 8]);
    expect(inferShapes(wide).get(wide.output)).toEqual([10]);
    expect(widened(base, 1).nodes).toEqual(base.nodes);
    const mobile = mobileNetV2({ width: 0.35 });
    expect(macs(widened(mobile, 2))).toBeGreaterThan(3 * macs(mobile));
    expect(() => widened(base, 0.5)).toThrow(refused('distill/ratio'));
    expect(() => widened(mlp({ hidden: [] }), 2)).toThrow(refused('distill/ratio'));
  });
});

describe.each([
  ['vgg', base],
  ['with a flatten', flat],
  ['of residuals and depthwise layers', residual],
] as const)('netAug on a network %s', (_, small) => {
  it('holds the base in the corner of each wide network, and narrower ones in the wider', () => {
    const trainable = (model: Model): number[][] =>
      values({ ...model, parameters: Object.fromEntries(Object.entries(model.parameters).filter(([, p]) => p.trainable)) });
    const [two, three] = [wideModel(small, [2, 3], 0), wideModel(small, [2, 3], 1)];
    expect(trainable(pruneChannels(two, { keep: firstOf(small) }))).toEqual(trainable(small));
    expect(trainable(pruneChannels(three, { keep: firstOf(two) }))).toEqual(trainable(two));
  });

  it('gives the base the gradient of both losses', () => {
    const wide = wideModel(small, [2], 0);
    const [found, alone, beside] = [
      gradients(small, data, { loss: netAug(small, { ratios: [2], alpha: 0.5 }) }),
      gradients(small, data),
      gradients(wide, data),
    ];
    const asModel = withParameters(wide, Object.fromEntries(Object.entries(beside).map(([name, value]) => [name, { value }])));
    const corner = pruneChannels(asModel, { keep: firstOf(small) });
    for (const [name, { data: g }] of Object.entries(found))
      for (const [i, v] of g.entries())
        expect(v, name).toBeCloseTo((alone[name]?.data[i] as number) + 0.5 * (corner.parameters[name]?.value.data[i] as number), 4);
  });
});

describe('netAug', () => {
  it('with α 0 is fit alone, bit for bit', async () => {
    expect(values(await fit(base, data, { ...options, loss: netAug(base, { alpha: 0 }) }))).toEqual(values(await fit(base, data, options)));
    expect(values(await fit(base, data, { ...options, loss: netAug(base, { alpha: () => 0 }) }))).toEqual(
      values(await fit(base, data, options)),
    );
  });

  it('hands over the base alone: its graph, its parameters, its multiply-accumulates', async () => {
    const trained = await fit(base, data, { ...options, loss: netAug(base), validation: data });
    expect(trained.nodes).toEqual(base.nodes);
    expect(Object.keys(trained.parameters)).toEqual(Object.keys(base.parameters));
    expect(macs(trained)).toBe(macs(base));
    expect(values(trained)).not.toEqual(values(await fit(base, data, options)));
    const tensors = tensorCount();
    await fit(base, data, { ...options, loss: netAug(base) });
    expect(tensorCount()).toBe(tensors);
  });

  it('trains the extra weights and keeps the corner of the base 0', async () => {
    const loss = netAug(base, { ratios: [2] });
    let extra: Readonly<Record<string, NDArray>> = {};
    const told = lossWith(
      { ...loss, owns: loss.owns ?? {}, activations: loss.activations ?? [], afterTraining: found => void Object.assign(extra, found) },
      loss,
    );
    extra = {};
    await fit(base, data, { ...options, weightDecay: 0.01, loss: told });
    const kernel = extra['net-aug.conv2d-1.kernel'] as NDArray;
    expect(kernel.shape).toEqual([3, 3, 1, 6]);
    const start = loss.owns?.['net-aug.conv2d-1.kernel']?.value.data as Float32Array;
    for (const [i, v] of kernel.data.entries()) expect(i % 6 < 3 ? v === 0 : v !== start[i]).toBe(true);
  });

  it('draws every ratio, the same for a seed', async () => {
    const once = async (seed: number): Promise<number[][]> =>
      values(await fit(base, data, { ...options, loss: netAug(base, { ratios: [1.5, 2, 3], seed }) }));
    const first = await once(1);
    expect(await once(1)).toEqual(first);
    expect(await once(2)).not.toEqual(first);
  });

  it('goes with a teacher, whom the wide network hears too', async () => {
    const teacher = frozenTeacher(mlp({ hidden: [16], seed: 5 }));
    const match = logits({ student: { model: base }, teacher });
    const loss = netAug(base, { loss: distillationLoss({ teacher, matches: [[0.9, match]], labels: [0.1] }) });
    const trained = await fit(base, data, { ...options, loss });
    expect(trained.nodes).toEqual(base.nodes);
  });

  it('refuses ratios that widen nothing, and weights that are no number', () => {
    expect(() => netAug(base, { ratios: [] })).toThrow(refused('distill/ratio'));
    expect(() => netAug(base, { ratios: [2, 1] })).toThrow(refused('distill/ratio'));
    expect(() => netAug(mlp({ hidden: [] }))).toThrow(refused('distill/ratio'));
    expect(() => netAug(base, { alpha: Number.NaN })).toThrow(refused('train/loss'));
  });
});
