import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pruneChannels } from '../../../../../lib/compress/prune/channels/prune-channels.ts';
import { lasso, lassoChoice } from '../../../../../lib/compress/prune/channels/regression/lasso.ts';
import { pruneByRegression } from '../../../../../lib/compress/prune/channels/regression/prune-by-regression.ts';
import { solveSymmetric } from '../../../../../lib/inspect/least-squares.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { type Model, type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { resNet8 } from '../../../../../lib/model/resnet.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { unchanged } from '../../../unchanged.ts';

test('LASSO with an orthogonal design is the soft threshold', () => {
  const beta = lasso({ gram: Float64Array.of(2, 0, 0, 0, 1, 0, 0, 0, 4), correlation: Float64Array.of(3, -0.5, -6) }, 1);
  expect([...beta]).toEqual([1, 0, -1.25]);
});

test('LASSO meets its optimality conditions; least squares solves', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(10_000), (n, seed) => {
      const x = normal(random(seed), [3 * n, n]).data;
      const gram = Float64Array.from({ length: n * n }, (_, at) => {
        let sum = 0;
        for (let r = 0; r < 3 * n; r++) sum += (x[r * n + Math.floor(at / n)] as number) * (x[r * n + (at % n)] as number);
        return sum;
      });
      const correlation = Float64Array.from(normal(random(seed + 1), [n]).data, v => 5 * v);
      const rest = (beta: ArrayLike<number>): number[] =>
        [...correlation].map((b, i) => b - [...gram.subarray(i * n, (i + 1) * n)].reduce((sum, g, j) => sum + g * (beta[j] as number), 0));
      const beta = lasso({ gram, correlation }, 1);
      for (const [i, r] of rest(beta).entries()) {
        if (beta[i] === 0) expect(Math.abs(r)).toBeLessThanOrEqual(1 + 1e-6);
        else expect(r).toBeCloseTo(Math.sign(beta[i] as number), 5);
      }
      for (const r of rest(solveSymmetric(gram, correlation, n))) expect(Math.abs(r)).toBeLessThan(1e-4);
    }),
    { seed: 3, numRuns: 60 },
  );
});

test('LASSO chooses as many as asked, and the ones that matter', () => {
  const correlation = Float64Array.of(1, 5, 0.1, 3);
  const gram = Float64Array.from({ length: 16 }, (_, i) => Number(i % 5 === 0));
  expect([1, 2, 3, 4].map(count => lassoChoice({ gram, correlation }, count))).toEqual([[1], [1, 3], [0, 1, 3], [0, 1, 2, 3]]);
});

const data = { inputs: normal(random(1), [120, 6, 6, 2]), targets: array([120], new Float32Array(120)) };
const net = (seed: number): Model =>
  network('net', [6, 6, 2], { seed }).conv2d(8).relu().conv2d(6, 3, { strides: 2 }).relu().flatten().dense(4).model();

/** Mean squared difference of what the models give. */
function errorOf(a: Model, b: Model): number {
  const [p, q] = [predict(a, data.inputs).data, predict(b, data.inputs).data];
  return p.length === 0 ? 0 : Float32Array.from(p, (v, i) => (v - (q[i] as number)) ** 2).reduce((sum, e) => sum + e, 0) / p.length;
}

test('one layer before a linear reader: after least squares the error is at most that of plain removal', () => {
  for (let seed = 0; seed < 5; seed++) {
    const model = network('net', [6, 6, 2], { seed }).conv2d(8).relu().conv2d(6, 3, { strides: 2 }).model();
    const options = { ratio: 0.5, groups: ['conv2d-1'], data, places: 9, seed: 1 };
    const small = unchanged(model, () => pruneByRegression(model, options));
    const channels = small.parameters['conv2d-1.bias']?.value.shape;
    expect(channels).toEqual([4]);
    // the same channels, plainly removed
    const filters = (m: Model, at: number): number[] => {
      const { data: values, shape } = (m.parameters['conv2d-1.kernel'] as Parameter).value;
      return [...values].filter((_, i) => i % (shape[3] as number) === at);
    };
    const keep = Array.from({ length: 8 }, (_, k) => k).filter(k =>
      [0, 1, 2, 3].some(j => String(filters(small, j)) === String(filters(model, k))),
    );
    expect(keep).toHaveLength(4);
    const plain = pruneChannels(model, { keep: { 'conv2d-1': keep } });
    expect(errorOf(small, model)).toBeLessThan(0.9 * errorOf(plain, model));
  }
});

test('a channel that repeats another costs nothing: the reader takes both over', () => {
  const model = network('net', [6, 6, 2], { seed: 3 }).conv2d(3, 3, { bias: false }).relu().conv2d(4).flatten().dense(2).model();
  const { shape, data: values } = (model.parameters['conv2d-1.kernel'] as Parameter).value;
  const twin = withParameters(model, {
    'conv2d-1.kernel': {
      value: array(
        shape,
        Float32Array.from(values, (v, i) => (i % 3 === 2 ? (values[i - 2] as number) : v)),
      ),
    },
  });
  const small = pruneByRegression(twin, { ratio: 1 / 3, groups: ['conv2d-1'], data });
  expect(errorOf(small, twin)).toBeLessThan(1e-6);
  expect(errorOf(pruneChannels(twin, { ratio: 1 / 3, groups: ['conv2d-1'] }), twin)).toBeGreaterThan(1e-3);
});

test('group by group, through a flatten into a dense layer: better than plain removal by norm', () => {
  const model = net(7);
  const small = pruneByRegression(model, { ratio: 0.5, data, places: 9 });
  expect(small.nodes.map(({ attributes }) => attributes.filters ?? attributes.units)).toEqual([
    undefined,
    4,
    undefined,
    3,
    undefined,
    undefined,
    4,
  ]);
  expect(errorOf(small, model)).toBeLessThan(errorOf(pruneChannels(model, { ratio: 0.5 }), model));
});

test('channels that several layers read are refused by name', () => {
  const model = resNet8({ input: [6, 6, 2], channels: 4 });
  expect(() => pruneByRegression(model, { ratio: 0.5, data, groups: ['conv2d-1'] })).toThrowError(
    expect.objectContaining({ code: 'prune/regression' }),
  );
});
