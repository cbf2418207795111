import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { network } from '../../../lib/model/build.ts';
import { predict } from '../../../lib/model/forward.ts';
import { firstInput } from '../../../lib/model/model.ts';
import { type RunOptions, run } from '../../../lib/model/run.ts';
import { inferShapes } from '../../../lib/model/shapes.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { gradients } from '../../../lib/train/gradients.ts';
import { meanSquaredError } from '../../../lib/train/losses.ts';
import { windowedNet, written } from '../model/arbitrary-windows.ts';
import { arbitraryNet } from '../model/channels/arbitrary-net.ts';

type Pair = readonly [number, number];

/** A window whose two axes differ, and a border of the same width on every side. */
const windows = fc.record({
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
  dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
  pad: fc.integer({ min: 0, max: 3 }),
});
type Drawn = typeof windows extends fc.Arbitrary<infer T> ? T : never;

const fits = ({ kernel, dilations, pad }: Drawn, size: Pair = [7, 9]): boolean =>
  [0, 1].every(axis => (kernel[axis] as number) * (dilations[axis] as number) <= (size[axis] as number) + 2 * pad);
const explicit = (pad: number): [[number, number], [number, number], [number, number], [number, number]] => [
  [0, 0],
  [pad, pad],
  [pad, pad],
  [0, 0],
];

/** The value of an op and its gradients, as lists. */
function valueAndGradients(f: (...all: tf.Tensor[]) => tf.Tensor, inputs: readonly (readonly number[])[]): unknown {
  return tf.tidy(() => {
    const tensors = inputs.map((shape, i) => upload(normal(random(i + 1), shape)));
    const y = f(...tensors);
    const weights = upload(normal(random(9), y.shape));
    const slopes = tf.grads(
      (...all) =>
        f(...all)
          .mul(weights)
          .sum() as tf.Scalar,
    )(tensors);
    return [y, ...slopes].map(t => ({ shape: t.shape, data: Array.from(t.dataSync(), v => Math.round(v * 1e4) / 1e4) }));
  });
}

describe('a number as padding is that border on all four sides, whatever the axes', () => {
  test('tf.conv2d, its value and both gradients', () => {
    fc.assert(
      fc.property(windows, drawn => {
        const { kernel, pad } = drawn;
        // tfjs allows strides or dilations, not both
        for (const [strides, dilations] of [
          [drawn.strides, [1, 1]],
          [[1, 1], drawn.dilations],
        ] as [[number, number], [number, number]][]) {
          if (!fits({ ...drawn, dilations })) continue;
          const conv = (p: number | ReturnType<typeof explicit>) =>
            valueAndGradients(
              (x, k) => tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, strides, p, 'NHWC', dilations),
              [
                [2, 7, 9, 2],
                [...kernel, 2, 3],
              ],
            );
          expect(conv(pad)).toEqual(conv(explicit(pad)));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('tf.depthwiseConv2d, tf.maxPool and tf.conv2dTranspose', () => {
    fc.assert(
      fc.property(windows, drawn => {
        const { kernel, strides, pad } = drawn;
        if (!fits({ ...drawn, dilations: [1, 1] })) return;
        const depthwise = (p: number | ReturnType<typeof explicit>) =>
          valueAndGradients(
            (x, k) => tf.depthwiseConv2d(x as tf.Tensor4D, k as tf.Tensor4D, strides, p as number),
            [
              [1, 7, 9, 2],
              [...kernel, 2, 2],
            ],
          );
        expect(depthwise(pad)).toEqual(depthwise(explicit(pad)));
        const transposed = (p: number | ReturnType<typeof explicit>) => {
          const along = (axis: 0 | 1, length: number): number => Math.floor((length + 2 * pad - kernel[axis]) / strides[axis]) + 1;
          return valueAndGradients(
            (y, k) => tf.conv2dTranspose(y as tf.Tensor4D, k as tf.Tensor4D, [1, 7, 9, 2], strides, p as number),
            [
              [1, along(0, 7), along(1, 9), 3],
              [...kernel, 2, 3],
            ],
          );
        };
        expect(transposed(pad)).toEqual(transposed(explicit(pad)));
        if (pad >= Math.min(...kernel)) return;
        const pool = (p: number | ReturnType<typeof explicit>) =>
          valueAndGradients(x => tf.maxPool(x as tf.Tensor4D, kernel, strides, p as number), [[1, 7, 9, 2]]);
        expect(pool(pad)).toEqual(pool(explicit(pad)));
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    [1, 3],
    [3, 1],
    [2, 1],
    [2, 3],
  ] as const)('the filter of a 1×1 kernel with strides %i and %i gets what it saw, of one image too', (down, right) => {
    const [rows, columns] = [Math.ceil(6 / down), Math.ceil(9 / right)];
    const expected = Array.from({ length: 2 }, () => [0, 0, 0]);
    const x = normal(random(1), [1, 6, 9, 2]);
    const dy = normal(random(2), [1, rows, columns, 3]);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        for (let c = 0; c < 2; c++)
          for (let f = 0; f < 3; f++) {
            const row = expected[c] as number[];
            row[f] =
              (row[f] as number) + (x.data[(i * down * 9 + j * right) * 2 + c] as number) * (dy.data[(i * columns + j) * 3 + f] as number);
          }
    // many times: memory that is overrun shows late
    for (let times = 0; times < 100; times++) {
      const got = tf.tidy(() => {
        const [image, slopes] = [upload(x) as tf.Tensor4D, upload(dy)];
        const loss = (k: tf.Tensor): tf.Scalar =>
          tf
            .conv2d(image, k as tf.Tensor4D, [down, right], 'valid')
            .mul(slopes)
            .sum();
        return Array.from(
          tf
            .grad(loss)(tf.ones([1, 1, 2, 3]))
            .dataSync(),
        );
      });
      for (const [place, value] of expected.flat().entries()) expect(got[place]).toBeCloseTo(value, 4);
    }
  });

  test('layers compute what their inferred shapes say, and the same as with four numbers', () => {
    fc.assert(
      fc.property(windows, fc.constantFrom('conv2d', 'depthwise', 'transpose', 'max', 'average'), (drawn, layer) => {
        const { kernel, strides, dilations, pad } = drawn;
        const pools = layer === 'max' || layer === 'average';
        if (!fits({ ...drawn, dilations: pools ? [1, 1] : dilations }) || (pools && pad >= Math.min(...kernel))) return;
        if (layer === 'transpose' && [0, 1].some(axis => 2 * pad >= (kernel[axis] as number))) return;
        const net = (padding: number | number[]) => {
          const start = network('net', [7, 9, 2], { seed: 1 });
          if (layer === 'conv2d') return start.conv2d(3, kernel, { strides, dilations, padding });
          if (layer === 'depthwise') return start.depthwiseConv2d(kernel, { strides, dilations, padding });
          if (layer === 'transpose') return start.conv2dTranspose(3, kernel, { strides, padding });
          return layer === 'max' ? start.maxPool(kernel, { strides, padding }) : start.averagePool(kernel, { strides, padding });
        };
        const x = normal(random(3), [2, 7, 9, 2]);
        const [one, four] = [net(pad).model(), net([pad, pad, pad, pad]).model()];
        const y = predict(one, x);
        expect(y.shape).toEqual([2, ...(inferShapes(one).get(one.output) as readonly number[])]);
        expect(y).toEqual(predict(four, x));
      }),
      { numRuns: 200 },
    );
  });
});

const windowed = fc.integer({ min: 0, max: 1e6 }).map(seed => windowedNet(seed));

test.each([
  ['nets of every op', arbitraryNet],
  ['nets of windows that differ along the axes', windowed],
])('every node of any net gives the shape that was inferred for it, in training too: %s', (_, nets) => {
  fc.assert(
    fc.property(nets, fc.boolean(), (model, training) => {
      const shapes = inferShapes(model);
      tf.tidy(() => {
        const { id: input, shape } = firstInput(model);
        const x = upload(normal(random(1), [2, ...shape]));
        const onActivation: RunOptions['onActivation'] = ({ id }, value) => expect(value.shape).toEqual([2, ...(shapes.get(id) ?? [])]);
        run(model, { [input]: x }, { training, onActivation });
      });
    }),
    { seed: 12, numRuns: 120 },
  );
});

test('a net of windows computes the same, and has the same gradients, with four numbers for each padding', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), seed => {
      const results = [windowedNet(seed), windowedNet(seed, { padding: written })].map(model => {
        const inputs = normal(random(1), [2, ...firstInput(model).shape]);
        const y = predict(model, inputs);
        if (Object.keys(model.parameters).length === 0) return { y };
        return { y, slopes: gradients(model, { inputs, targets: normal(random(2), y.shape) }, { loss: meanSquaredError() }) };
      });
      expect(results[0]).toEqual(results[1]);
      expect(results.flatMap(({ y }) => [...y.data]).every(Number.isFinite)).toBe(true);
    }),
    { seed: 3, numRuns: 60 },
  );
});
