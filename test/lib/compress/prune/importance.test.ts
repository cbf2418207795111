import { describe, expect, it } from 'vitest';
import { groupScores } from '../../../../lib/compress/prune/granularity/granularity.ts';
import type { Criterion } from '../../../../lib/compress/prune/importance/criterion.ts';
import { grasp } from '../../../../lib/compress/prune/importance/grasp.ts';
import { l1, l2, lp } from '../../../../lib/compress/prune/importance/norm.ts';
import { obd } from '../../../../lib/compress/prune/importance/obd.ts';
import { randomScores } from '../../../../lib/compress/prune/importance/random.ts';
import { snip } from '../../../../lib/compress/prune/importance/snip.ts';
import { taylor } from '../../../../lib/compress/prune/importance/taylor.ts';
import { pruneMagnitude } from '../../../../lib/compress/prune/magnitude.ts';
import { masksOf } from '../../../../lib/compress/prune/masks.ts';
import { pruneByImportance } from '../../../../lib/compress/prune/prune.ts';
import { diagonalHessian } from '../../../../lib/inspect/diagonal-hessian.ts';
import { empiricalFisher } from '../../../../lib/inspect/empirical-fisher.ts';
import { predict } from '../../../../lib/model/forward.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { type Model, withParameters } from '../../../../lib/model/model.ts';
import { vgg } from '../../../../lib/model/vgg.ts';
import { array, type NDArray } from '../../../../lib/tensor/array.ts';
import { integers, normal, random } from '../../../../lib/tensor/random.ts';
import { tensorCount } from '../../../../lib/tensor/scope.ts';
import { gradients } from '../../../../lib/train/gradients.ts';
import { meanSquaredError } from '../../../../lib/train/losses.ts';
import { unchanged } from '../../unchanged.ts';
import { lossOf } from './loss-of.ts';

const model = mlp({ input: [5], hidden: [6], classes: 3, seed: 4 });
const names = ['dense-1.kernel', 'dense-2.kernel'];
const data = { inputs: normal(random(1), [12, 5]), targets: integers(random(2), [12], { low: 0, high: 2 }) };
const valuesOf = (scores: Readonly<Record<string, NDArray>>): number[] => Object.values(scores).flatMap(({ data }) => [...data]);

/** A network with one weight array, a linear map, and data whose inputs are orthogonal: its loss is a quadratic with a diagonal Hessian. */
const linear = withParameters(mlp({ input: [4], hidden: [], classes: 1, seed: 1 }), {
  'dense-1.kernel': { value: array([4, 1], [2, -1, 0.5, 3]) },
});
const scale = [1, 2, 0.5, 3];
const inputs = array(
  [4, 4],
  Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? (scale[i / 5] as number) : 0)),
);
/** The loss is at its minimum, where the gradient is 0. */
const quadratic = { data: { inputs, targets: predict(linear, inputs) }, loss: meanSquaredError() };
const squaresOf = (m: Model): number =>
  [...predict(m, inputs).data].reduce((sum, y, i) => sum + (y - (quadratic.data.targets.data[i] as number)) ** 2, 0) / 4;

// A criterion joins the suite by being listed.
const listed: readonly Criterion[] = [
  l1(),
  l2(),
  lp(3),
  randomScores({ seed: 5 }),
  taylor({ data }),
  taylor({ data, squared: true }),
  snip({ data }),
  obd({ data, curvature: empiricalFisher() }),
  grasp({ data }),
];

describe.each(listed)('criterion $name', criterion => {
  it('gives each weight a finite score, the same each time, and leaves model and tensors alone', () => {
    const before = tensorCount();
    const scores = unchanged(model, () => criterion.scores(model, names));
    expect(Object.keys(scores)).toEqual(names);
    for (const name of names) {
      const found = scores[name] as NDArray;
      expect(found).toMatchObject({ dtype: 'float32', shape: model.parameters[name]?.value.shape });
      expect(found.data.every(score => Number.isFinite(score) && (score >= 0 || criterion.name === 'grasp'))).toBe(true);
    }
    expect(new Set(valuesOf(scores)).size).toBeGreaterThan(10);
    expect(criterion.scores(model, names)).toEqual(scores);
    expect(tensorCount()).toBe(before);
  });

  it.each(['layer', 'global'] as const)('prunes exactly as much as asked, scope %s', scope => {
    const pruned = pruneByImportance(model, { sparsity: 0.5, scope, criterion });
    const kept = valuesOf(masksOf(pruned)).reduce((sum, k) => sum + k, 0);
    expect(kept).toBe(24);
    const more = pruneByImportance(pruned, { sparsity: 0.75, scope, criterion });
    expect(valuesOf(masksOf(more)).every((k, i) => k <= (valuesOf(masksOf(pruned))[i] as number))).toBe(true);
  });
});

describe('magnitude', () => {
  it('of a group is the norm of the lecture notes', () => {
    const matrix = array([2, 2], [3, 2, 1, 5]);
    expect([...groupScores(matrix, { tile: [1, 2], order: 1 }).scores]).toEqual([5, 6]);
    expect([...groupScores(matrix, { tile: [1, 2], order: 2 }).scores]).toEqual([3.606, 5.099].map(norm => expect.closeTo(norm, 3)));
  });

  it('refuses an order that makes no norm', () => {
    expect(() => lp(0)).toThrow(expect.objectContaining({ code: 'prune/order' }));
  });
});

describe('snip and taylor', () => {
  it('add up to 1, and equal central differences of the loss in the connections', () => {
    const scores = snip({ data, training: false }).scores(model, names);
    expect(valuesOf(scores).reduce((sum, s) => sum + s, 0)).toBeCloseTo(1, 5);
    const derivatives = names.flatMap(name => {
      const value = model.parameters[name]?.value as NDArray;
      return [...value.data].map((_, j) => {
        const at = (c: number): number => {
          const moved = Float32Array.from(value.data, (w, i) => (i === j ? c * w : w));
          return lossOf(withParameters(model, { [name]: { value: array(value.shape, moved) } }), data);
        };
        return Math.abs(at(1.05) - at(0.95)) / 0.1;
      });
    });
    const sum = derivatives.reduce((total, d) => total + d, 0);
    const got = valuesOf(scores);
    expect(Math.max(...got.map((s, i) => Math.abs(s - (derivatives[i] as number) / sum)))).toBeLessThan(1e-4);
  });

  it('rank alike on one batch', () => {
    const masks = (criterion: Criterion) => masksOf(pruneByImportance(model, { sparsity: 0.5, scope: 'global', criterion }));
    expect(masks(taylor({ data }))).toEqual(masks(snip({ data })));
    expect(masks(taylor({ data, squared: true }))).toEqual(masks(snip({ data })));
    expect(masks(taylor({ data }))).not.toEqual(masks(l1()));
  });

  it('refuse a loss that no weight moves, and parameters without a gradient', () => {
    const still = withParameters(linear, { 'dense-1.kernel': { value: array([4, 1], [0, 0, 0, 0]) } });
    expect(() => snip(quadratic).scores(still, ['dense-1.kernel'])).toThrow(expect.objectContaining({ code: 'prune/scores' }));
    const frozen = withParameters(model, { 'dense-1.kernel': { trainable: false } });
    expect(() => taylor({ data }).scores(frozen, names)).toThrow(expect.objectContaining({ code: 'prune/frozen' }));
  });
});

describe('optimal brain damage', () => {
  const without = (k: number): Model => {
    const value = array(
      [4, 1],
      Float32Array.from([2, -1, 0.5, 3], (w, i) => (i === k ? 0 : w)),
    );
    return withParameters(linear, { 'dense-1.kernel': { value } });
  };

  it('predicts the rise of a quadratic exactly', () => {
    const scores = obd({ ...quadratic, curvature: diagonalHessian({ epsilon: 0.25 }) }).scores(linear, ['dense-1.kernel']);
    const rises = [0, 1, 2, 3].map(k => squaresOf(without(k)));
    expect([...(scores['dense-1.kernel']?.data ?? [])]).toEqual(rises.map(rise => expect.closeTo(rise, 5)));
    // the weight of 3 matters more than its size says, since its input is large
    expect(rises).toEqual([1, 1, 0.015625, 20.25].map(rise => expect.closeTo(rise, 5)));
  });

  it('leaves pruned weights out', () => {
    const pruned = pruneMagnitude(linear, { sparsity: 0.5 });
    const scores = obd({ ...quadratic, curvature: diagonalHessian() }).scores(pruned, ['dense-1.kernel']);
    expect([...(scores['dense-1.kernel']?.data ?? [])].map(s => s > 0)).toEqual([true, false, false, true]);
  });

  it('with the empirical Fisher: the mean of the squares of each example, not the square of the mean', () => {
    const off = { inputs, targets: array([4, 1], [1, 1, 1, 1]) };
    const fisher = empiricalFisher()(linear, ['dense-1.kernel'], { data: off, loss: meanSquaredError() });
    // example n sees weight n only: g = 2 (y - t) x
    const expected = [2, -1, 0.5, 3].map((w, n) => (2 * ((scale[n] as number) * w - 1) * (scale[n] as number)) ** 2 / 4);
    expect([...(fisher['dense-1.kernel']?.data ?? [])]).toEqual(expected.map(value => expect.closeTo(value, 4)));
  });

  it('with the empirical Fisher: batch norm uses its running statistics', () => {
    const net = vgg({ input: [4, 4, 1], widths: [2], classes: 3, seed: 1 });
    const image = { inputs: normal(random(1), [1, 4, 4, 1]), targets: array([1], [2], 'int32') };
    const fisher = empiricalFisher()(net, ['conv2d-1.kernel'], { data: image })['conv2d-1.kernel']?.data ?? [];
    const squares = (training: boolean): number[] =>
      [...(gradients(net, image, { training })['conv2d-1.kernel']?.data ?? [])].map(g => Math.fround(g * g));
    expect([...fisher]).toEqual(squares(false));
    expect([...fisher]).not.toEqual(squares(true));
  });
});
