import { expect, it } from 'vitest';
import { composedBlend } from '../../../lib/tensor/blend.ts';
import { random } from '../../../lib/tensor/random.ts';
import { attribute, intAttributes, type OpAttribute, runOp, runOps } from '../../../lib/tensor/run-op.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { bits, on, threads, values } from './on-native.ts';

guardAgainstLeaks();

on('a pointwise convolution', () => {
  it.each([
    [[2, 3, 4, 5], 7],
    [[1, 1, 1, 1], 1],
    [[3, 5, 7, 16], 33],
    [[1, 40, 40, 24], 8],
    [[2, 30, 31, 100], 81],
    [[1, 2, 2, 600], 130],
    [[0, 4, 4, 3], 2],
  ])('is what TensorFlow computes, x %j to %d channels', (shape, outputs) => {
    tf.tidy(() => {
      const rng = random(8);
      const channels = shape.at(-1) as number;
      const [x, filter] = [values(rng, shape), values(rng, [1, 1, channels, outputs])];
      const dy = values(rng, [...shape.slice(0, 3), outputs]);
      const flat = (t: tf.Tensor): tf.Tensor2D => t.reshape([-1, t.shape.at(-1) as number]) as tf.Tensor2D;
      const weight = filter.reshape([channels, outputs]) as tf.Tensor2D;
      const pairs = [
        [runOp('TinylabPointwise', [x, filter], [threads(2)]), tf.matMul(flat(x), weight), dy.shape],
        [runOp('TinylabPointwiseBackpropInput', [dy, filter], [threads(2)]), tf.matMul(flat(dy), weight, false, true), x.shape],
        [runOp('TinylabPointwiseBackpropFilter', [x, dy], [threads(2)]), tf.matMul(flat(x), flat(dy), true), filter.shape],
      ] as const;
      for (const [got, expected, like] of pairs) {
        expect(got.shape).toEqual(like);
        expectClose(got, expected.dataSync() as Float32Array, { relative: 1e-4, absolute: 2e-3 });
      }
    });
  });
});

on('a depthwise convolution', () => {
  interface Case {
    readonly x: [number, number, number, number];
    readonly kernel: [number, number];
    readonly strides: [number, number];
    readonly before: [number, number];
    readonly out: [number, number];
  }
  const cases: Case[] = [
    { x: [2, 5, 6, 3], kernel: [3, 3], strides: [1, 1], before: [1, 1], out: [5, 6] },
    { x: [1, 7, 9, 17], kernel: [3, 3], strides: [2, 2], before: [0, 0], out: [4, 5] },
    { x: [2, 8, 8, 16], kernel: [5, 5], strides: [1, 1], before: [2, 2], out: [8, 8] },
    { x: [1, 9, 70, 4], kernel: [3, 3], strides: [1, 2], before: [1, 1], out: [9, 35] },
    { x: [1, 6, 5, 20], kernel: [7, 7], strides: [2, 1], before: [3, 3], out: [3, 5] },
    { x: [3, 4, 4, 33], kernel: [2, 4], strides: [3, 1], before: [0, 2], out: [2, 4] },
    { x: [1, 1, 1, 5], kernel: [3, 3], strides: [1, 1], before: [1, 1], out: [1, 1] },
    { x: [1, 2, 3, 1], kernel: [1, 1], strides: [1, 1], before: [0, 0], out: [2, 3] },
    { x: [1, 4, 4, 2], kernel: [3, 3], strides: [1, 1], before: [4, 5], out: [10, 11] },
    { x: [0, 4, 4, 2], kernel: [3, 3], strides: [1, 1], before: [1, 1], out: [4, 4] },
    // rows of outputs of which eight or four are computed at once: whole ones, borders on both sides, what is left
    { x: [2, 9, 23, 17], kernel: [5, 5], strides: [1, 1], before: [2, 2], out: [9, 23] },
    { x: [1, 11, 29, 9], kernel: [5, 5], strides: [2, 2], before: [1, 1], out: [6, 15] },
    { x: [1, 5, 22, 35], kernel: [7, 7], strides: [1, 1], before: [3, 3], out: [5, 22] },
    { x: [2, 17, 30, 7], kernel: [7, 7], strides: [2, 2], before: [2, 3], out: [9, 15] },
    { x: [1, 12, 20, 24], kernel: [3, 7], strides: [3, 2], before: [0, 0], out: [4, 7] },
    { x: [1, 3, 26, 3], kernel: [2, 5], strides: [1, 1], before: [5, 9], out: [9, 33] },
    { x: [1, 4, 25, 16], kernel: [3, 6], strides: [1, 1], before: [1, 0], out: [4, 20] },
    { x: [1, 6, 40, 5], kernel: [5, 5], strides: [3, 3], before: [2, 2], out: [2, 14] },
    { x: [1, 12, 37, 2], kernel: [9, 9], strides: [2, 2], before: [4, 4], out: [6, 19] },
  ];

  /** Calls back for every product: places in x, in the filter and in y. */
  function taps({ x: [n, h, w, c], kernel: [kh, kw], strides: [sd, sr], before: [top, left], out: [oh, ow] }: Case) {
    const found: [number, number, number][] = [];
    for (let m = 0; m < n; m++)
      for (let r = 0; r < oh; r++)
        for (let q = 0; q < ow; q++)
          for (let i = 0; i < kh; i++)
            for (let j = 0; j < kw; j++) {
              const [a, b] = [r * sd + i - top, q * sr + j - left];
              if (a < 0 || a >= h || b < 0 || b >= w) continue;
              for (let k = 0; k < c; k++)
                found.push([((m * h + a) * w + b) * c + k, (i * kw + j) * c + k, ((m * oh + r) * ow + q) * c + k]);
            }
    return found;
  }

  it.each(cases)('is what the loops give, x $x, kernel $kernel, strides $strides', one => {
    tf.tidy(() => {
      const rng = random(2);
      const { x: shape, kernel, strides, before, out } = one;
      const c = shape[3];
      const [x, filter, dy] = [values(rng, shape), values(rng, [...kernel, c, 1]), values(rng, [shape[0], ...out, c])];
      const [xs, ws, gs] = [x, filter, dy].map(t => t.dataSync()) as [Float32Array, Float32Array, Float32Array];
      const expected = [new Float64Array(dy.size), new Float64Array(x.size), new Float64Array(filter.size)] as const;
      for (const [a, t, b] of taps(one)) {
        expected[0][b] = (expected[0][b] as number) + (xs[a] as number) * (ws[t] as number);
        expected[1][a] = (expected[1][a] as number) + (gs[b] as number) * (ws[t] as number);
        expected[2][t] = (expected[2][t] as number) + (gs[b] as number) * (xs[a] as number);
      }
      const of = ([height, width]: readonly number[], n = 2): OpAttribute[] => [
        ...intAttributes({ stride_down: strides[0], stride_right: strides[1], top: before[0], left: before[1], height, width } as Record<
          string,
          number
        >),
        threads(n),
      ];
      const got = (n: number): tf.Tensor[] => [
        runOp('TinylabDepthwise', [x, filter], of(out, n)),
        runOp('TinylabDepthwiseBackpropInput', [dy, filter], of(shape.slice(1, 3), n)),
        runOp('TinylabDepthwiseBackpropFilter', [x, dy], of(kernel, n)),
      ];
      const two = got(2);
      for (const [i, like] of [dy, x, filter].entries()) {
        expect(two[i]?.shape).toEqual(like.shape);
        expectClose(two[i] as tf.Tensor, expected[i] as Float64Array, { relative: 1e-4, absolute: 1e-3 });
      }
      expect(got(1).map(bits)).toEqual(two.map(bits));
    });
  });

  it.each([3, 5, 7])('of %i columns takes infinity and NaN where the window reads them, and nowhere else', size => {
    tf.tidy(() => {
      const [width, before] = [21, (size - 1) / 2];
      for (const stride of [1, 2])
        for (const special of [Infinity, -Infinity, Number.NaN])
          for (const place of [0, 8, 20]) {
            const x = new Float32Array(width).fill(1);
            x[place] = special;
            const out = Math.ceil(width / stride);
            const y = runOp(
              'TinylabDepthwise',
              [tf.tensor(x, [1, 1, width, 1]), tf.ones([size, size, 1, 1])],
              [
                ...intAttributes({ stride_down: stride, stride_right: stride, top: before, left: before, height: 1, width: out }),
                threads(1),
              ],
            ).dataSync();
            const near = (q: number): number[] => [...x].filter((_, b) => Math.abs(b - q * stride) <= before);
            expect([...y]).toEqual(Array.from(y, (_, q) => near(q).reduce((a, b) => a + b, 0)));
          }
    });
  });
});

on('many values at once', () => {
  it('blends as the composed form does', () => {
    tf.tidy(() => {
      const rng = random(4);
      const shapes = [[3], [2, 5], [1], [0]];
      const [old, now] = [0, 1].map(() => shapes.map(shape => values(rng, shape))) as [tf.Tensor[], tf.Tensor[]];
      const got = runOps('TinylabBlend', [tf.scalar(0.9), ...old, ...now], { attributes: [attribute.int('N', 4)], outputs: 4 });
      const expected = composedBlend(old, now, 0.9);
      for (const [i, tensor] of got.entries()) {
        expect(tensor.shape).toEqual(shapes[i]);
        expectClose(tensor, (expected[i] as tf.Tensor).dataSync() as Float32Array);
      }
    });
  });
});

on('what does not fit', () => {
  const clip = [attribute.float('epsilon', 1e-3), attribute.float('low', 0), attribute.float('high', 6), threads(1)];
  const window = (more: Record<string, number> = {}): OpAttribute[] =>
    intAttributes({ stride_down: 1, stride_right: 1, top: 1, left: 1, height: 4, width: 4, threads: 1, ...more });
  const update = (rule: number, m: number): OpAttribute[] => intAttributes({ N: 1, M: m, rule, threads: 1 });
  const of = (...shape: number[]): tf.Tensor => tf.ones(shape);
  const wrong: [string, () => unknown][] = [
    ['a γ of another length', () => runOps('TinylabBatchNorm', [of(2, 3), of(2), of(3)], { attributes: clip, outputs: 4 })],
    ['a scalar', () => runOps('TinylabBatchNorm', [tf.scalar(1), of(1), of(1)], { attributes: clip, outputs: 4 })],
    [
      'a dy of another size',
      () => runOps('TinylabBatchNormGrad', [of(1, 3), of(2, 3), of(3), of(3), of(3), of(3)], { attributes: clip, outputs: 3 }),
    ],
    ['a filter of other channels', () => runOp('TinylabPointwise', [of(1, 2, 2, 3), of(1, 1, 4, 5)], [threads(1)])],
    ['a filter of 3 × 3', () => runOp('TinylabPointwise', [of(1, 2, 2, 3), of(3, 3, 3, 5)], [threads(1)])],
    ['other pixels', () => runOp('TinylabPointwiseBackpropFilter', [of(1, 2, 2, 3), of(1, 2, 3, 5)], [threads(1)])],
    ['an image without channels', () => runOp('TinylabDepthwise', [of(4, 4), of(3, 3, 1, 1)], window())],
    ['two outputs a channel', () => runOp('TinylabDepthwise', [of(1, 4, 4, 2), of(3, 3, 2, 2)], window())],
    ['a stride of 0', () => runOp('TinylabDepthwise', [of(1, 4, 4, 2), of(3, 3, 2, 1)], window({ stride_down: 0 }))],
    ['a border below 0', () => runOp('TinylabDepthwise', [of(1, 4, 4, 2), of(3, 3, 2, 1)], window({ top: -1 }))],
    ...[{ stride_right: 2 ** 52 }, { top: 2 ** 31 }, { height: 2 ** 50, width: 2 ** 50 }].map((more, i): (typeof wrong)[0] => [
      `beyond any memory, ${i}`,
      () => runOp('TinylabDepthwise', [of(0, 4, 4, 2), of(3, 3, 2, 1)], window({ ...more } as unknown as Record<string, number>)),
    ]),
    ['a size below 0', () => runOp('TinylabDepthwise', [of(1, 4, 4, 2), of(3, 3, 2, 1)], window({ height: -4 }))],
    ['an unknown rule', () => runOps('TinylabUpdate', [of(6), of(1), of(2), of(2)], { attributes: update(9, 0), outputs: 1 })],
    ['too few numbers', () => runOps('TinylabUpdate', [of(1), of(1), of(2), of(2), of(2)], { attributes: update(1, 1), outputs: 2 })],
    [
      'running values that are missing',
      () => runOps('TinylabUpdate', [of(6), of(1), of(2), of(2)], { attributes: update(3, 0), outputs: 1 }),
    ],
    ['a gradient of another shape', () => runOps('TinylabUpdate', [of(6), of(1), of(2), of(3)], { attributes: update(0, 0), outputs: 1 })],
  ];
  it.each(wrong)('is an error with the reason: %s', (_, call) => {
    expect(() => tf.tidy(() => void call())).toThrow(/must|needs|unknown|negative/);
  });
});
