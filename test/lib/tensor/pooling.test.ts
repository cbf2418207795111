import fc from 'fast-check';
import { expect, test } from 'vitest';
import { network } from '../../../lib/model/build.ts';
import { predict } from '../../../lib/model/forward.ts';
import { array } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { maxOf, meanOf, type Pool, windowsOf } from './reference/pool.ts';

guardAgainstLeaks();

const size = fc.integer({ min: 1, max: 3 });
const side = fc.integer({ min: 0, max: 3 });
const pools: fc.Arbitrary<Pool> = fc.record({
  kernel: fc.tuple(size, fc.integer({ min: 1, max: 4 })),
  strides: fc.tuple(size, size),
  sides: fc.tuple(side, side, side, side),
});
const shape = [2, 5, 7, 3];
const odd = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** Values of which about one in three is not finite. */
function wild(seed: number, among = odd): Float32Array {
  const rng = random(seed);
  return Float32Array.from({ length: 210 }, () =>
    rng.uniform(0, 1) < 0.35 ? (among[rng.int(0, among.length - 1)] as number) : rng.normal(),
  );
}

const explicit = ([top, bottom, left, right]: Pool['sides']): [[number, number], [number, number], [number, number], [number, number]] => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];
const near = (values: readonly number[]) => values.map(v => (Number.isFinite(v) ? expect.closeTo(v, 4) : v));
const kinds = { max: [tf.maxPool, maxOf], average: [tf.avgPool, meanOf] } as const;

test.each(Object.entries(kinds))('%s pooling of NaN, infinities and borders of any width is what PyTorch says', (_, [pool, of]) => {
  fc.assert(
    fc.property(pools, fc.integer({ min: 1, max: 1e6 }), (drawn, seed) => {
      const data = wild(seed);
      const { places, shape: out } = windowsOf(shape, data, drawn);
      const y = tf.tidy(() => {
        const got = pool(tf.tensor4d(data, shape as never), [...drawn.kernel], [...drawn.strides], explicit(drawn.sides));
        return { shape: got.shape, data: Array.from(got.dataSync()) };
      });
      expect(y.shape).toEqual(out);
      expect(y.data).toEqual(near(places.map(window => of(window.map(at => data[at] as number)))));
    }),
    { numRuns: 150 },
  );
});

test.each(Object.entries(kinds))('%s pooling takes a number as that border on every side, same and valid too', (_, [pool, of]) => {
  const data = wild(5);
  for (const [pad, sides] of [
    [1, [1, 1, 1, 1]],
    [0, [0, 0, 0, 0]],
    ['valid', [0, 0, 0, 0]],
    ['same', [0, 0, 1, 1]],
  ] as [number | 'same', Pool['sides']][]) {
    const drawn: Pool = { kernel: [1, 3], strides: [1, 1], sides };
    const y = tf.tidy(() => Array.from(pool(tf.tensor4d(data, shape as never), [1, 3], 1, pad).dataSync()));
    expect(y).toEqual(near(windowsOf(shape, data, drawn).places.map(window => of(window.map(at => data[at] as number)))));
  }
});

test('the gradient of average pooling equals its definition, for any border', () => {
  fc.assert(
    fc.property(pools, drawn => {
      const x = normal(random(1), shape);
      const { places, shape: out } = windowsOf(shape, x.data, drawn);
      const dy = normal(random(2), out);
      const expected = new Float64Array(x.data.length);
      for (const [n, window] of places.entries())
        for (const at of window) expected[at] = (expected[at] as number) + (dy.data[n] as number) / window.length;
      const got = tf.tidy(() => {
        const f = (v: tf.Tensor): tf.Tensor => tf.avgPool(v as tf.Tensor4D, [...drawn.kernel], [...drawn.strides], explicit(drawn.sides));
        return Array.from(tf.grad(f)(tf.tensor(x.data, shape), tf.tensor(dy.data, out)).dataSync());
      });
      expect(got).toEqual(near([...expected]));
    }),
    { numRuns: 60 },
  );
});

test('the gradient of max pooling goes to what won: NaN, or the largest, -Infinity too', () => {
  const drawn: Pool = { kernel: [2, 3], strides: [2, 3], sides: [1, 0, 1, 1] };
  for (let seed = 1; seed < 20; seed++) {
    const data = wild(seed, [Number.NaN, Number.NEGATIVE_INFINITY]);
    const { places } = windowsOf(shape, data, drawn);
    const dx = tf.tidy(() => {
      const f = (v: tf.Tensor): tf.Tensor => tf.maxPool(v as tf.Tensor4D, [2, 3], [2, 3], explicit(drawn.sides));
      return Array.from(tf.grad(f)(tf.tensor(data, shape)).dataSync());
    });
    for (const window of places) {
      const won = window.filter(at => dx[at] !== 0);
      expect(won.map(at => data[at])).toEqual([maxOf(window.map(at => data[at] as number))]);
      expect(dx[won[0] as number]).toBe(1);
    }
  }
});

test('a number of windows that is rounded up counts what lies inside, in the gradient too', () => {
  const x = normal(random(1), shape);
  const drawn: Pool = { kernel: [2, 2], strides: [2, 2], sides: [0, 1, 0, 1] };
  const { places } = windowsOf(shape, x.data, drawn);
  tf.tidy(() => {
    const f = (v: tf.Tensor): tf.Tensor => tf.avgPool(v as tf.Tensor4D, 2, 2, 0, 'ceil');
    const image = tf.tensor(x.data, [...shape]);
    expect(Array.from(f(image).dataSync())).toEqual(near(places.map(window => meanOf(window.map(at => x.data[at] as number)))));
    const expected = new Float64Array(x.data.length);
    for (const window of places) for (const at of window) expected[at] = 1 / window.length;
    expect(Array.from(tf.grad(f)(image).dataSync())).toEqual(near([...expected]));
  });
});

test('NaN comes through every pooling op of tf', () => {
  const values = (y: tf.Tensor): number[] => Array.from(y.dataSync());
  tf.tidy(() => {
    for (const at of [0, 1, 2, 3]) {
      const x = tf.tensor1d([1, 5, 3, 2].map((v, i) => (i === at ? Number.NaN : v)));
      const [image, volume] = [x.reshape([1, 2, 2, 1]) as tf.Tensor4D, x.reshape([1, 1, 2, 2, 1]) as tf.Tensor5D];
      expect(values(tf.pool(image, 2, 'max', 'valid'))).toEqual([Number.NaN]);
      expect(values(tf.pool(image, 2, 'avg', 'valid'))).toEqual([Number.NaN]);
      expect(values(tf.maxPool3d(volume, [1, 2, 2], 1, 'valid'))).toEqual([Number.NaN]);
      expect(values(tf.maxPoolWithArgmax(image, 2, 2, 'valid').result as tf.Tensor)).toEqual([Number.NaN]);
    }
    const low = tf.fill([1, 2, 2, 1], Number.NEGATIVE_INFINITY) as tf.Tensor4D;
    expect(values(tf.maxPool(low, 2, 2, 'valid'))).toEqual([Number.NEGATIVE_INFINITY]);
    expect(tf.maxPoolWithArgmax(tf.ones<tf.Rank.R4>([1, 6, 6, 1]), [1, 3], 1, 1).result?.shape).toEqual([1, 8, 6, 1]);
  });
});

test('layers pass NaN on, and a net of NaN weights gives NaN', () => {
  const x = array([2, 2, 2, 1], [1, Number.NaN, 3, 2, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  for (const padding of ['valid', 'same', 0, [0, 1, 0, 1]] as const)
    expect([...predict(network('p', [2, 2, 1]).maxPool(2, { padding }).model(), x).data].filter(v => !Number.isNaN(v))).toEqual([]);
  expect([...predict(network('a', [2, 2, 1]).averagePool(2).model(), x).data]).toEqual([Number.NaN, Number.NaN]);
});

test.each([
  ['before the image', { padding: [2, 0, 0, 0], kernel: [2, 2], strides: [1, 1] }],
  ['after it', { padding: [0, 2, 0, 0], kernel: [2, 2], strides: [1, 1] }],
  ['left of it', { padding: [0, 0, 3, 0], kernel: [2, 3], strides: [1, 1] }],
  ['right of it', { padding: [0, 0, 0, 3], kernel: [2, 3], strides: [1, 1] }],
  ['a 1×1 window in a border', { padding: 1, kernel: [1, 1], strides: [1, 1] }],
  ['a step from the image into the border after it', { padding: [0, 2, 0, 0], kernel: [1, 2], strides: [3, 1] }],
] as const)('a window wholly in the border is refused where the layer is written: %s', (_, { padding, kernel, strides }) => {
  for (const verb of ['maxPool', 'averagePool'] as const)
    expect(() => network('n', [2, 3, 1])[verb](kernel, { padding, strides })).toThrow(
      expect.objectContaining({ name: 'LabError', code: 'model/window' }),
    );
});

test('borders that no window lies in are kept: a step may pass them by', () => {
  for (const verb of ['maxPool', 'averagePool'] as const) {
    const net = network('n', [3, 3, 1])
      [verb]([2, 3], { padding: [1, 2, 2, 1], strides: 3 })
      .model();
    const x = normal(random(1), [1, 3, 3, 1]);
    const drawn: Pool = { kernel: [2, 3], strides: [3, 3], sides: [1, 2, 2, 1] };
    const { places } = windowsOf([1, 3, 3, 1], x.data, drawn);
    const of = verb === 'maxPool' ? maxOf : meanOf;
    expect([...predict(net, x).data]).toEqual(near(places.map(window => of(window.map(at => x.data[at] as number)))));
  }
});
