import { describe, expect, it } from 'vitest';
import { cachedTeacher } from '../../../../lib/compress/distill/cached-teacher.ts';
import { companion } from '../../../../lib/compress/distill/companion.ts';
import { distill } from '../../../../lib/compress/distill/distill.ts';
import { distillationLoss } from '../../../../lib/compress/distill/distillation-loss.ts';
import { hint } from '../../../../lib/compress/distill/match/hint.ts';
import { logits } from '../../../../lib/compress/distill/match/logits.ts';
import { frozenTeacher } from '../../../../lib/compress/distill/teacher.ts';
import { take } from '../../../../lib/data/dataset.ts';
import { strokeGlyphs } from '../../../../lib/data/stroke-glyphs.ts';
import { predict } from '../../../../lib/model/forward.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { type Model, withParameters } from '../../../../lib/model/model.ts';
import { vgg } from '../../../../lib/model/vgg.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { tf } from '../../../../lib/tensor/tf.ts';
import { fit } from '../../../../lib/train/fit.ts';
import { gradients } from '../../../../lib/train/gradients.ts';
import { crossEntropy, lossWith } from '../../../../lib/train/losses.ts';
import { softTargets } from '../../../../lib/train/soft-targets.ts';

const data = strokeGlyphs({ count: 48, seed: 1 });
const big = vgg({ widths: [8, 'M', 8], seed: 2 });
const small = vgg({ widths: [4, 'M', 4], seed: 3 });
const reporter = {};
const pair = { student: { model: small }, teacher: { model: big } };
const values = (model: Model): number[][] => Object.values(model.parameters).map(({ value }) => [...value.data]);

describe('distillation', () => {
  it('with a frozen teacher is learning from its predictions, bit for bit', async () => {
    const options = { steps: 5, batchSize: 16, seed: 4, reporter } as const;
    const live = await fit(small, data, {
      ...options,
      loss: distillationLoss({ teacher: frozenTeacher(big), matches: [[1, logits(pair)]] }),
    });
    const ahead = await fit(small, { inputs: data.images, targets: predict(big, data.images) }, { ...options, loss: softTargets() });
    for (const [i, row] of values(live).entries())
      for (const [k, v] of row.entries()) expect(v).toBeCloseTo(values(ahead)[i]?.[k] as number, 5);
  });

  it('has limits: at α = 0 the teacher is not asked, at α = 1 labels are not', async () => {
    const options = { data, steps: 3, batchSize: 16, seed: 4, reporter } as const;
    const alone = await distill(small, big, { ...options, alpha: 0 });
    expect(values(alone)).toEqual(values(await fit(small, data, { steps: 3, batchSize: 16, seed: 4, reporter })));
    const other = {
      ...data,
      labels: array(
        [48],
        Int32Array.from(data.labels.data, label => (label + 1) % 10),
      ),
    };
    const taught = await distill(small, big, { ...options, alpha: 1 });
    expect(values(await distill(small, big, { ...options, data: other, alpha: 1 }))).toEqual(values(taught));
    await expect(distill(small, big, { ...options, alpha: 1.2 })).rejects.toThrow(expect.objectContaining({ code: 'distill/alpha' }));
  });

  it('tells the parts of the loss, which are what it says they are', async () => {
    const seen: number[][] = [];
    const onParts = (parts: readonly number[]): void => void seen.push([...parts]);
    const loss = distillationLoss({
      teacher: frozenTeacher(big),
      matches: [
        [0.9, logits(pair)],
        [(step: number) => step, logits(pair)],
      ],
      labels: [0.1],
      onParts,
    });
    const reported: number[] = [];
    await fit(small, data, { steps: 3, batchSize: 16, loss, reporter: { step: event => void reported.push(event.loss) } });
    expect(seen).toHaveLength(3);
    seen.forEach(([labels = 0, match = 0, growing = 0], step) => {
      expect(labels + match + growing).toBeCloseTo(reported[step] as number, 4);
      expect(growing).toBeCloseTo((match / 0.9) * step, 3);
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a weight of %d, of labels or of a match', weight => {
    const teacher = frozenTeacher(big);
    const refused = expect.objectContaining({ code: 'train/loss' });
    expect(() => distillationLoss({ teacher, matches: [[weight, logits(pair)]] })).toThrow(refused);
    expect(() => distillationLoss({ teacher, matches: [[1, logits(pair)]], labels: [weight] })).toThrow(refused);
  });

  it('leaves running statistics of the teacher alone, and looks at what it would say alone', () => {
    const loss = distillationLoss({ teacher: frozenTeacher(big), matches: [[1, logits(pair)]] });
    const before = values(big);
    const alone = gradients(small, take(data, 8), { loss });
    // class-sorted or not, and whatever else is in the batch: inference mode
    expect(Object.keys(alone)).toEqual(Object.keys(gradients(small, take(data, 8))));
    expect(values(big)).toEqual(before);
  });

  it('refuses a teacher that is not finite, matches of nothing and of another teacher', async () => {
    const broken = withParameters(big, { 'dense-1.bias': { value: array([10], new Float32Array(10).fill(Number.NaN)) } });
    await expect(distill(small, broken, { data, steps: 1, reporter })).rejects.toThrow(
      expect.objectContaining({ code: 'distill/teacher' }),
    );
    expect(() => distillationLoss({ teacher: frozenTeacher(big), matches: [] })).toThrow(
      expect.objectContaining({ code: 'distill/matches' }),
    );
    const match = hint({ student: { model: small, node: 'relu-1' }, teacher: { model: big, node: 'relu-1' } });
    expect(() => distillationLoss({ teacher: frozenTeacher(mlp({ hidden: [] })), matches: [[1, match]] })).toThrow(
      expect.objectContaining({ code: 'distill/matches' }),
    );
    expect(() => logits({ student: { model: small }, teacher: { model: mlp({ classes: 4 }) } })).toThrow(
      expect.objectContaining({ code: 'distill/shape' }),
    );
  });
});

describe('cachedTeacher', () => {
  const matches = [
    [1, logits(pair)],
    [0.5, hint({ student: { model: small, node: 'relu-1' }, teacher: { model: big, node: 'relu-1' } })],
  ] as const;
  const nodes = [big.output, 'relu-1'];

  it('says what the frozen one says', async () => {
    const options = { steps: 4, batchSize: 16, seed: 4, validation: take(data, 8), reporter } as const;
    const live = await fit(small, data, { ...options, loss: distillationLoss({ teacher: frozenTeacher(big), matches }) });
    const cached = await fit(small, data, {
      ...options,
      loss: distillationLoss({ teacher: cachedTeacher(big, data, { nodes }), matches }),
    });
    for (const [i, row] of values(live).entries())
      for (const [k, v] of row.entries()) expect(v).toBeCloseTo(values(cached)[i]?.[k] as number, 5);
  });

  it('refuses augmentation that it did not see, and nodes that it did not keep', async () => {
    const loss = distillationLoss({ teacher: cachedTeacher(big, data, { nodes }), matches });
    const refused = expect.objectContaining({ code: 'distill/cache' });
    await expect(fit(small, data, { steps: 1, loss, augment: { flip: true }, reporter })).rejects.toThrow(refused);
    const outputs = distillationLoss({ teacher: cachedTeacher(big, data), matches });
    await expect(fit(small, data, { steps: 1, loss: outputs, reporter })).rejects.toThrow(refused);
    expect(() => cachedTeacher(big, data, { nodes: ['nowhere'] })).toThrow(expect.objectContaining({ code: 'distill/node' }));
  });
});

describe('companion', () => {
  it('is trained beside the student as it would be alone, statistics and all', async () => {
    const peer = companion(big, 'peer');
    let owned: Parameters<typeof peer.trained>[0] = {};
    const loss = lossWith(
      {
        owns: peer.owns,
        afterTraining: found => {
          owned = found;
        },
      },
      (outputs, targets, context) => {
        const said = peer.values([big.output], context.inputs, context)[big.output] as tf.Tensor;
        return tf.add(crossEntropy()(outputs, targets, context), crossEntropy()(said, targets, context)).asScalar();
      },
    );
    const options = { steps: 5, batchSize: 16, seed: 4, learningRate: 0.05, validation: take(data, 8), reporter } as const;
    const student = await fit(small, data, { ...options, loss });
    expect(values(student)).toEqual(values(await fit(small, data, options)));
    const alone = await fit(big, data, options);
    for (const [i, row] of values(peer.trained(owned)).entries())
      for (const [k, v] of row.entries()) expect(v).toBeCloseTo(values(alone)[i]?.[k] as number, 5);
  });
});
