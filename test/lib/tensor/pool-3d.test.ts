import { expect, test } from 'vitest';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { maxOf, meanOf } from './reference/pool.ts';

guardAgainstLeaks();

type Triple = [number, number, number];
const shape = [2, 3, 4, 5, 2] as const;

/** The places of each window that lie inside the volume. */
function windows({ kernel, strides, pad }: { kernel: Triple; strides: Triple; pad: number }): { shape: number[]; places: number[][] } {
  const [n, d, h, w, c] = shape;
  const size = [d, h, w] as const;
  const out = size.map(
    (length, axis) => Math.floor((length + 2 * pad - (kernel[axis] as number)) / (strides[axis] as number)) + 1,
  ) as Triple;
  const along = (axis: number, at: number): number[] =>
    Array.from({ length: kernel[axis] as number }, (_, u) => at * (strides[axis] as number) + u - pad).filter(
      i => i >= 0 && i < (size[axis] as number),
    );
  const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
  const places = range(n).flatMap(b =>
    range(out[0]).flatMap(i =>
      range(out[1]).flatMap(j =>
        range(out[2]).flatMap(k =>
          range(c).map(q =>
            along(0, i).flatMap(z => along(1, j).flatMap(y => along(2, k).map(x => (((b * d + z) * h + y) * w + x) * c + q))),
          ),
        ),
      ),
    ),
  );
  return { shape: [n, ...out, c], places };
}

const near = (values: ArrayLike<number>) => Array.from(values, v => (Number.isFinite(v) ? expect.closeTo(v, 4) : v));
const settings = [
  { kernel: [1, 2, 3], strides: [1, 1, 2], pad: 1 },
  { kernel: [2, 3, 2], strides: [2, 1, 1], pad: 1 },
  { kernel: [2, 2, 3], strides: [1, 2, 1], pad: 0 },
  { kernel: [1, 2, 2], strides: [1, 1, 1], pad: 2 },
] as { kernel: Triple; strides: Triple; pad: number }[];

test.each(settings)('pools over volumes with a number as padding: %j', window => {
  const x = normal(random(1), shape);
  const holed = Float32Array.from(x.data, (v, i) => (i % 11 === 0 ? Number.NaN : i % 13 === 0 ? Number.NEGATIVE_INFINITY : v));
  const { places, shape: out } = windows(window);
  const { kernel, strides, pad } = window;
  const dy = normal(random(2), out);
  tf.tidy(() => {
    for (const data of [x.data as Float32Array, holed]) {
      const volume = tf.tensor5d(data, [...shape]);
      const most = tf.maxPool3d(volume, kernel, strides, pad);
      expect(most.shape).toEqual(out);
      expect(Array.from(most.dataSync())).toEqual(near(places.map(window => maxOf(window.map(at => data[at] as number)))));
      const mean = tf.avgPool3d(volume, kernel, strides, pad);
      expect(Array.from(mean.dataSync())).toEqual(near(places.map(window => meanOf(window.map(at => data[at] as number)))));
    }
    const [ofMax, ofMean] = [new Float64Array(x.data.length), new Float64Array(x.data.length)];
    for (const [n, window] of places.entries()) {
      const best = window.find(at => x.data[at] === maxOf(window.map(place => x.data[place] as number)));
      if (best !== undefined) ofMax[best] = (ofMax[best] as number) + (dy.data[n] as number);
      for (const at of window) ofMean[at] = (ofMean[at] as number) + (dy.data[n] as number) / window.length;
    }
    const slopes = (pool: typeof tf.maxPool3d | typeof tf.avgPool3d): number[] =>
      Array.from(
        tf
          .grad(v => pool(v as tf.Tensor5D, kernel, strides, pad))(upload(x), upload(dy))
          .dataSync(),
      );
    expect(slopes(tf.maxPool3d)).toEqual(near(ofMax));
    expect(slopes(tf.avgPool3d)).toEqual(near(ofMean));
  });
});

test('same and valid stay what they were', () => {
  tf.tidy(() => {
    const x = upload(normal(random(1), shape)) as tf.Tensor5D;
    expect(tf.maxPool3d(x, 2, 2, 'same').shape).toEqual([2, 2, 2, 3, 2]);
    expect(tf.avgPool3d(x, 2, 1, 'valid').shape).toEqual([2, 2, 3, 4, 2]);
    expect(Array.from(tf.avgPool3d(x, 2, 1, 'valid').dataSync())).toEqual(near(tf.avgPool3d(x, 2, 1, 0).dataSync()));
  });
});
