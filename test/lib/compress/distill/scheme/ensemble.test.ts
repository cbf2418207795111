import { describe, expect, it } from 'vitest';
import { distill } from '../../../../../lib/compress/distill/distill.ts';
import { bornAgain } from '../../../../../lib/compress/distill/scheme/born-again.ts';
import { ensembleLogits, ensembleTeacher } from '../../../../../lib/compress/distill/scheme/ensemble.ts';
import { frozenTeacher } from '../../../../../lib/compress/distill/teacher.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { initialize } from '../../../../../lib/model/initialize.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { withParameters } from '../../../../../lib/model/model.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { values } from './values.ts';

const data = strokeGlyphs({ count: 32, seed: 1 });
const reporter = {};
const refused = (code: string): unknown => expect.objectContaining({ code });
const members = [1, 2, 3].map(seed => mlp({ hidden: [8], seed }));
const softmax = ({ shape, data: z }: NDArray): number[] =>
  tf.tidy(() => [...tf.softmax(tf.tensor(z as Float32Array, [...shape])).dataSync()]);

describe('ensembles', () => {
  it('say the mean of the distributions, or of the logits', () => {
    const each = members.map(model => predict(model, data.images));
    const probabilities = softmax(ensembleLogits(members, data.images));
    const expected = each.map(softmax);
    for (const [i, p] of probabilities.entries()) expect(p).toBeCloseTo(expected.reduce((sum, row) => sum + (row[i] as number), 0) / 3, 6);
    const logits = ensembleLogits(members, data.images, { mean: 'logits' });
    for (const [i, z] of logits.data.entries()) expect(z).toBeCloseTo(each.reduce((sum, row) => sum + (row.data[i] as number), 0) / 3, 5);
  });

  it('of one network are that network', async () => {
    const [one] = members as [(typeof members)[0]];
    const student = mlp({ hidden: [4], seed: 9 });
    const options = { data, steps: 3, batchSize: 16, reporter } as const;
    const alone = await distill(student, frozenTeacher(one), options);
    expect(values(await distill(student, ensembleTeacher([one], { mean: 'logits' }), options))).toEqual(values(alone));
    const logProbabilities = values(await distill(student, ensembleTeacher([one, one]), options));
    // log p differs from z by a constant for each image, which changes nothing
    for (const [i, row] of logProbabilities.entries())
      for (const [k, v] of row.entries()) expect(v).toBeCloseTo(values(alone)[i]?.[k] as number, 4);
  });

  it('teach, stay as they are, and leak nothing', async () => {
    const before = members.map(values);
    const teacher = ensembleTeacher([frozenTeacher(members[0] as (typeof members)[0]), ...members.slice(1)]);
    const student = mlp({ hidden: [4], seed: 9 });
    await distill(student, teacher, { data, steps: 1, batchSize: 16, reporter });
    const tensors = tensorCount();
    await distill(student, teacher, { data, steps: 3, batchSize: 16, reporter });
    ensembleLogits(members, data.images);
    expect(tensorCount()).toBe(tensors);
    expect(members.map(values)).toEqual(before);
    tf.tidy(() => {
      const context = { inputs: tf.scalar(0), parameters: {}, activations: {} };
      expect(() => teacher.values(['relu-1'], context)).toThrow(refused('distill/node'));
    });
  });

  it('refuse nobody, unlike members, an unknown mean and members that are not finite', async () => {
    expect(() => ensembleTeacher([])).toThrow(refused('distill/ensemble'));
    expect(() => ensembleLogits([], data.images)).toThrow(refused('distill/ensemble'));
    expect(() => ensembleTeacher(members, { mean: 'votes' as 'logits' })).toThrow(refused('distill/ensemble'));
    expect(() => ensembleTeacher([...members, mlp({ classes: 4 })])).toThrow(refused('distill/shape'));
    const broken = withParameters(members[0] as (typeof members)[0], {
      'dense-1.bias': { value: array([8], new Float32Array(8).fill(Number.NaN)) },
    });
    await expect(distill(mlp({ hidden: [4] }), ensembleTeacher([...members, broken]), { data, steps: 1, reporter })).rejects.toThrow(
      refused('distill/teacher'),
    );
  });
});

describe('bornAgain', () => {
  const graph = mlp({ hidden: [6] });
  const options = { data, steps: 3, batchSize: 16, seed: 4, reporter } as const;

  it('is fit, then distill from the generation before, each from a start of its own', async () => {
    const seen: number[] = [];
    const [first, second, ...more] = await bornAgain(graph, { ...options, generations: 2, onGeneration: k => void seen.push(k) });
    expect(more).toEqual([]);
    expect(seen).toEqual([1, 2]);
    const one = await fit(initialize(graph, { seed: 4 }), data, options);
    expect(values(first as typeof graph)).toEqual(values(one));
    const two = await distill(initialize(graph, { seed: 5 }), one, { ...options, seed: 5, temperature: 1, alpha: 0.5 });
    expect(values(second as typeof graph)).toEqual(values(two));
    expect((second as typeof graph).nodes).toEqual(graph.nodes);
  });

  it('begins with a teacher where there is one, and at α 0 no generation knows another', async () => {
    const teacher = mlp({ hidden: [32], seed: 7 });
    const [first] = await bornAgain(graph, { ...options, generations: 1, teacher });
    expect(values(first as typeof graph)).toEqual(
      values(await distill(initialize(graph, { seed: 4 }), teacher, { ...options, temperature: 1, alpha: 0.5 })),
    );
    const [, second] = await bornAgain(graph, { ...options, generations: 2, alpha: 0 });
    expect(values(second as typeof graph)).toEqual(values(await fit(initialize(graph, { seed: 5 }), data, { ...options, seed: 5 })));
    await expect(bornAgain(graph, { ...options, generations: 0 })).rejects.toThrow(refused('distill/generations'));
  });
});
