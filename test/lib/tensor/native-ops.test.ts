import { describe, expect, it } from 'vitest';
import { batchNormWith } from '../../../lib/tensor/batch-norm/batch-norm.ts';
import { composedInference, composedTraining } from '../../../lib/tensor/batch-norm/composed.ts';
import { nativeInference, nativeTraining } from '../../../lib/tensor/batch-norm/native.ts';
import { composedBlend } from '../../../lib/tensor/blend.ts';
import { hasNativeOps } from '../../../lib/tensor/native-ops.ts';
import { normal, random, uniform } from '../../../lib/tensor/random.ts';
import { attribute, intAttributes, type OpAttribute, runOp, runOps } from '../../../lib/tensor/run-op.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

// The project's own ops beside TensorFlow's, or beside loops. Where the compute kernels are not built there is nothing to compare.
const on = describe.runIf(hasNativeOps);

const threads = (n: number): OpAttribute => attribute.int('threads', n);
const values = (rng: ReturnType<typeof random>, shape: number[]): tf.Tensor => upload(normal(rng, shape, { mean: 0.5, deviation: 2 }));
const bits = (tensor: tf.Tensor): number[] => [...new Int32Array((tensor.dataSync() as Float32Array).slice().buffer)];

on('batch normalisation', () => {
  const rectifiers = [undefined, 'relu', 'relu6'] as const;
  const shapes = [
    [3, 5, 4, 3],
    [7, 3],
    [4, 5, 3],
    [2, 1, 1, 17],
    [5, 300],
    [33, 7, 256],
    [1000, 8],
    [9, 24],
    [2, 513],
    [50, 100, 16],
  ];
  const channelsOf = (shape: number[]) => {
    const rng = random(5);
    const c = [shape.at(-1) as number];
    return {
      x: values(rng, shape),
      dy: values(rng, shape),
      gamma: upload(uniform(rng, c, { low: -1, high: 2 })),
      beta: values(rng, c),
      mean: values(rng, c),
      variance: upload(uniform(rng, c, { low: 0.5, high: 3 })),
    };
  };

  describe.each(rectifiers)('with the rectifier %s', rectifier => {
    const epsilon = 1e-3;
    it.each(shapes.map(shape => [shape]))('is what TensorFlow composes, x %j', shape => {
      tf.tidy(() => {
        const { x, dy, gamma, beta, mean, variance } = channelsOf(shape);
        const close = { relative: 2e-4, absolute: 2e-4 };
        const ways = [
          [nativeTraining, nativeInference],
          [composedTraining, composedInference],
        ] as const;
        const [got, expected] = ways.map(([training, inference]) => [
          ...training(x, { gamma, beta, epsilon, rectifier }),
          inference(x, { gamma, beta, mean, variance, epsilon, rectifier }),
          ...tf.grads((x, gamma, beta) => training(x as tf.Tensor, { gamma, beta, epsilon, rectifier } as never)[0] as tf.Tensor)(
            [x, gamma, beta],
            dy,
          ),
          ...tf.grads((...[x, gamma, beta, mean, variance]) =>
            inference(x as tf.Tensor, { gamma, beta, mean, variance, epsilon, rectifier } as never),
          )([x, gamma, beta, mean, variance], dy),
        ]) as [tf.Tensor[], tf.Tensor[]];
        for (const [i, tensor] of got.entries()) {
          expect(tensor.shape).toEqual(expected[i]?.shape);
          const scale = Math.max(1, tf.max(tf.abs(expected[i] as tf.Tensor)).dataSync()[0] as number);
          expectClose(tf.div(tensor, scale), tf.div(expected[i] as tf.Tensor, scale).dataSync() as Float32Array, close);
        }
      });
    });
  });

  it('is exact to float32 far from zero, where a sum of squares would have lost everything', () => {
    tf.tidy(() => {
      const x = Float32Array.from({ length: 4000 * 3 }, (_, i) => 30000 + (i % 3) * 7 + ((i * 37) % 101) / 64);
      const options = { gamma: tf.ones([3]), beta: tf.zeros([3]), epsilon: 1e-3, rectifier: 'relu6' } as const;
      const [, mean, variance] = nativeTraining(tf.tensor2d(x, [4000, 3]), options) as [tf.Tensor, tf.Tensor, tf.Tensor];
      for (let c = 0; c < 3; c++) {
        const own = [...x].filter((_, i) => i % 3 === c);
        const middle = own.reduce((a, b) => a + b) / own.length;
        const square = own.reduce((a, b) => a + (b - middle) ** 2, 0) / own.length;
        expect(mean.dataSync()[c]).toBeCloseTo(middle, 2);
        expect(Math.abs((variance.dataSync()[c] as number) / square - 1)).toBeLessThan(1e-4);
      }
    });
  });

  it('keeps NaN and ∞ in their channel, and has no statistics of nothing', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, Number.NaN, 3, 2, 5, 3, 4, 6, Number.POSITIVE_INFINITY], [3, 3]);
      const ones = { gamma: tf.ones([3]), beta: tf.zeros([3]), epsilon: 1e-3, rectifier: 'relu6' } as const;
      const [y] = nativeTraining(x, ones) as [tf.Tensor];
      const columns = tf.transpose(y).arraySync() as number[][];
      expect(columns.map(column => column.some(Number.isNaN))).toEqual([false, true, true]);
      const [none, mean] = nativeTraining(tf.zeros([0, 3]), ones) as [tf.Tensor, tf.Tensor];
      expect(none.shape).toEqual([0, 3]);
      expect([...mean.dataSync()]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    });
  });

  it('has nothing to do without channels', () => {
    tf.tidy(() => {
      const [x, none] = [tf.zeros([2, 0]), tf.zeros([0])];
      const options = { gamma: none, beta: none, mean: none, variance: none, epsilon: 1e-3, rectifier: 'relu6' } as const;
      const shapes = (tensors: tf.Tensor[]): number[][] => tensors.map(({ shape }) => shape);
      expect(shapes(nativeTraining(x, options))).toEqual([[2, 0], [0], [0], [0]]);
      expect(nativeInference(x, options).shape).toEqual([2, 0]);
      const gradients = tf.grads((x, gamma, beta) => nativeTraining(x as tf.Tensor, { ...options, gamma, beta } as never)[0] as tf.Tensor);
      expect(shapes(gradients([x, none, none], x))).toEqual([[2, 0], [0], [0]]);
    });
  });

  it('has gradients of gradients where the statistics are given', () => {
    tf.tidy(() => {
      const { x, gamma, beta, mean, variance } = channelsOf([6, 5]);
      const options = { gamma, beta, mean, variance, epsilon: 1e-3 };
      // y² has the first derivative 2 · y · s and the second 2 · s², where s = γ / √(σ² + ε)
      const first = tf.grad(v => tf.sum(tf.square(batchNormWith(v, options))));
      const scale = tf.div(gamma, tf.sqrt(tf.add(variance, 1e-3)));
      const expected = tf.mul(tf.onesLike(x), tf.mul(tf.square(scale), 2));
      expectClose(tf.grad(v => tf.sum(first(v)))(x), expected.dataSync() as Float32Array);
    });
  });

  it('gives the same bits on any number of threads', () => {
    tf.tidy(() => {
      const { x, dy, gamma, beta, mean, variance } = channelsOf([400, 30, 24]);
      const of = (n: number) => [attribute.float('epsilon', 1e-3), attribute.float('low', 0), attribute.float('high', 6), threads(n)];
      const runs = [1, 2, 3].map(n =>
        [
          ...runOps('TinylabBatchNorm', [x, gamma, beta], { attributes: of(n), outputs: 4 }),
          ...runOps('TinylabBatchNormGrad', [dy, x, gamma, beta, mean, variance], { attributes: of(n), outputs: 3 }),
        ].map(bits),
      );
      expect(runs[1]).toEqual(runs[0]);
      expect(runs[2]).toEqual(runs[0]);
    });
  });
});

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
