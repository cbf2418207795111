import { describe, expect, it } from 'vitest';
import { collapsedLayers } from '../../../../../lib/compress/prune/allocation/layer-collapse.ts';
import { grasp } from '../../../../../lib/compress/prune/importance/grasp.ts';
import { snip } from '../../../../../lib/compress/prune/importance/snip.ts';
import { pruneMagnitude } from '../../../../../lib/compress/prune/magnitude.ts';
import { masksOf } from '../../../../../lib/compress/prune/masks.ts';
import { pruneAtInitialization } from '../../../../../lib/compress/prune/schedule/at-initialization.ts';
import { hessianVectorProduct } from '../../../../../lib/inspect/hessian-vector.ts';
import { sparsity } from '../../../../../lib/measure/sparsity.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Model, type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { integers, normal, random } from '../../../../../lib/tensor/random.ts';
import { gradients } from '../../../../../lib/train/gradients.ts';
import { meanSquaredError } from '../../../../../lib/train/losses.ts';

const kernel = 'dense-1.kernel';
const arrayOf = (model: Model, name: string): NDArray => (model.parameters[name] as Parameter).value;

const dot = (a: NDArray, b: NDArray): number => [...a.data].reduce((sum, value, i) => sum + value * (b.data[i] as number), 0);

describe('on a quadratic, ‖X w - y‖² / n, whose Hessian is 2 XᵀX / n', () => {
  const linear = withParameters(mlp({ input: [4], hidden: [], classes: 1, seed: 1 }), {
    [kernel]: { value: array([4, 1], [2, -1, 0.5, 3]) },
  });
  const x = normal(random(1), [6, 4]);
  const data = { inputs: x, targets: array([6, 1], [1, -2, 0.5, 0, 3, -1]) };
  const objective = { data, loss: meanSquaredError() };
  const hessian = [0, 1, 2, 3].map(i =>
    [0, 1, 2, 3].map(j =>
      [0, 1, 2, 3, 4, 5].reduce((sum, n) => sum + ((x.data[4 * n + i] as number) * (x.data[4 * n + j] as number)) / 3, 0),
    ),
  );
  const times = (v: ArrayLike<number>): number[] => hessian.map(row => row.reduce((sum, h, j) => sum + h * (v[j] as number), 0));

  it.each([[[1, 0, 0, 0]], [[0.5, -2, 3, 1]], [[0, 0, 0, 0]]])('H v is exact for v = %j', v => {
    const got = hessianVectorProduct(linear, { [kernel]: array([4, 1], v) }, { ...objective, epsilon: 0.5 });
    expect([...(got[kernel] as NDArray).data]).toEqual(times(v).map(h => expect.closeTo(h, 4)));
  });

  it('H is that of the weights that are left', () => {
    const pruned = pruneMagnitude(linear, { sparsity: 0.5 }); // 2 and 3 stay
    const got = hessianVectorProduct(pruned, { [kernel]: array([4, 1], [1, 5, 5, -2]) }, { ...objective, epsilon: 0.5 })[kernel] as NDArray;
    const expected = times([1, 0, 0, -2]);
    expect([got.data[0], got.data[3]]).toEqual([0, 3].map(i => expect.closeTo(expected[i] as number, 4)));
  });

  it('GraSP scores are w ∘ (H g)', () => {
    const g = gradients(linear, data, { loss: meanSquaredError() })[kernel] as NDArray;
    const expected = times(g.data).map((h, i) => h * (arrayOf(linear, kernel).data[i] as number));
    const scores = grasp({ ...objective, epsilon: 0.5 }).scores(linear, [kernel]);
    expect([...(scores[kernel] as NDArray).data]).toEqual(expected.map(s => expect.closeTo(s, 3)));
    expect(expected.some(s => s < 0)).toBe(true);
  });

  it('the first-order change of ‖g‖² along the scores is what pruning does: -2 Σ S for a small share of the weights', () => {
    const share = 1e-3;
    const norm = (model: Model): number => {
      const g = gradients(model, data, { loss: meanSquaredError() })[kernel] as NDArray;
      return dot(g, g);
    };
    const scores = (grasp({ ...objective, epsilon: 0.5 }).scores(linear, [kernel])[kernel] as NDArray).data;
    for (const k of [0, 1, 2, 3]) {
      const value = array(
        [4, 1],
        Float32Array.from(arrayOf(linear, kernel).data, (w, i) => (i === k ? w * (1 - share) : w)),
      );
      const change = (norm(withParameters(linear, { [kernel]: { value } })) - norm(linear)) / share;
      expect(Math.abs(change / (-2 * (scores[k] as number)) - 1)).toBeLessThan(0.01);
    }
  });
});

describe('through convolutions, where tfjs has no second derivative', () => {
  const net = network('small', [6, 6, 1], { seed: 2 }).conv2d(4).relu().maxPool(2).flatten().dense(3).model();
  const data = { inputs: normal(random(4), [16, 6, 6, 1]), targets: integers(random(5), [16], { low: 0, high: 2 }) };
  const names = ['conv2d-1.kernel', 'dense-1.kernel'];

  it('vᵀ H v is the curvature of the loss along v', () => {
    const v = Object.fromEntries(names.map(name => [name, normal(random(6).split(name), arrayOf(net, name).shape)]));
    const product = hessianVectorProduct(net, v, { data });
    const at = (step: number): number => {
      const moved = Object.fromEntries(
        names.map(name => {
          const { shape, data: w } = arrayOf(net, name);
          return [
            name,
            {
              value: array(
                shape,
                Float32Array.from(w, (value, i) => value + step * ((v[name] as NDArray).data[i] as number)),
              ),
            },
          ];
        }),
      );
      const found = gradients(withParameters(net, moved), data);
      return names.reduce((sum, name) => sum + dot(found[name] as NDArray, v[name] as NDArray), 0);
    };
    const got = names.reduce((sum, name) => sum + dot(product[name] as NDArray, v[name] as NDArray), 0);
    const expected = (at(0.004) - at(-0.004)) / 0.008;
    expect(Math.abs(got - expected)).toBeLessThan(0.05 * Math.abs(expected));
  });
});

describe('pruning at initialization', () => {
  const data = (seed: number) => ({
    inputs: normal(random(seed), [64, 12]),
    targets: integers(random(seed + 1), [64], { low: 0, high: 3 }),
  });
  const net = (seed: number): Model => mlp({ input: [12], hidden: [24, 24], classes: 4, seed });

  it.each([
    ['SNIP', snip({ data: data(1) })],
    ['GraSP', grasp({ data: data(1) })],
  ])('by %s keeps exactly as many weights as asked, at their initial values', (_, criterion) => {
    const model = net(1);
    const pruned = pruneAtInitialization(model, { sparsity: 0.6, criterion });
    const count = 12 * 24 + 24 * 24 + 24 * 4;
    expect(sparsity(pruned)).toBe(Math.round(0.6 * count) / count);
    for (const [name, mask] of Object.entries(masksOf(pruned)))
      expect([...arrayOf(pruned, name).data]).toEqual([...arrayOf(model, name).data].map((w, i) => (mask.data[i] ? w : 0)));
    expect(collapsedLayers(pruned)).toEqual([]);
  });

  it('refuses to cut a layer off, and names it when that is allowed', () => {
    // weights of the first layer hardly matter: its outputs are all but 0
    const model = withParameters(net(1), {
      [kernel]: { value: array([12, 24], arrayOf(net(1), kernel).data.map(w => w * 1e-4) as Float32Array) },
      'dense-1.bias': { value: array([24], new Float32Array(24).fill(1)) },
    });
    const criterion = snip({ data: data(1) });
    expect(() => pruneAtInitialization(model, { sparsity: 0.9, criterion })).toThrow(expect.objectContaining({ code: 'prune/collapse' }));
    expect(collapsedLayers(pruneAtInitialization(model, { sparsity: 0.9, criterion, allowCollapse: true }))).toEqual([kernel]);
    expect(predict(model, data(1).inputs).shape).toEqual([64, 4]);
  });

  it('GraSP leaves a larger gradient than SNIP at a high sparsity, over seeds', () => {
    const norms = [0, 0];
    for (const seed of [1, 2, 3, 4, 5]) {
      const batch = data(10 * seed);
      for (const [i, criterion] of [snip({ data: batch }), grasp({ data: batch })].entries()) {
        const pruned = pruneAtInitialization(net(seed), { sparsity: 0.95, criterion, allowCollapse: true });
        const found = gradients(pruned, batch);
        for (const [name, mask] of Object.entries(masksOf(pruned))) {
          const g = found[name] as NDArray;
          const left = array(
            g.shape,
            Float32Array.from(g.data, (value, k) => value * (mask.data[k] as number)),
          );
          norms[i] = (norms[i] as number) + dot(left, left);
        }
      }
    }
    expect(norms[1]).toBeGreaterThanOrEqual(norms[0] as number);
  });
});
