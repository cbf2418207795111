import { describe, expect, it } from 'vitest';
import { countedCorrect, labelledCrossEntropy } from '../../../lib/tensor/cross-entropy.ts';
import { composedDense, type DenseOptions, dense } from '../../../lib/tensor/dense.ts';
import { composedLayerNorm, layerNorm } from '../../../lib/tensor/layer-norm.ts';
import { normal, random, uniform } from '../../../lib/tensor/random.ts';
import { attribute, type OpAttribute, runOp, runOps } from '../../../lib/tensor/run-op.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { correctCount, topClasses } from '../../../lib/tensor/top-class.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { bits, on, threads } from './on-native.ts';

guardAgainstLeaks();

const values = (rng: ReturnType<typeof random>, shape: number[]): tf.Tensor => upload(normal(rng, shape, { mean: 0.2, deviation: 2 }));

type Way = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Value and gradients of Σ sin(i) · y_i, so that each value has a gradient of its own. */
function passes(way: Way, inputs: tf.Tensor[]): tf.Tensor[] {
  const weighed = (y: tf.Tensor): tf.Tensor => tf.mul(y, tf.sin(tf.range(0, y.size, 1)).reshape(y.shape)).sum();
  return [way(...inputs), ...tf.grads((...all: tf.Tensor[]) => weighed(way(...all)))(inputs)];
}

function expectSame(got: tf.Tensor[], expected: tf.Tensor[], tolerance: { relative: number; absolute: number }): void {
  expect(got.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [i, tensor] of got.entries()) expectClose(tensor, (expected[i] as tf.Tensor).dataSync() as Float32Array, tolerance);
}

const finite = (tensor: tf.Tensor): boolean[] => [...tensor.dataSync()].map(Number.isFinite);

describe('a dense layer', () => {
  const of = (options: (bias?: tf.Tensor1D) => DenseOptions, layer: typeof composedDense): Way => {
    return (x, kernel, bias) => layer(x as tf.Tensor, kernel as tf.Tensor2D, options(bias as tf.Tensor1D | undefined));
  };
  const rectifiers = [undefined, 'relu', 'relu6'] as const;
  const shapes: [number[], number][] = [
    [[3], 2],
    [[1, 1], 1],
    [[7, 5], 3],
    [[64, 784], 30],
    [[2, 3, 17], 33],
    [[130, 9], 65],
    [[2100, 5], 7],
    [[0, 4], 3],
  ];

  it.each(shapes)('is what TensorFlow composes, x %j to %d units, with both gradients', (shape, units) => {
    tf.tidy(() => {
      const rng = random(3);
      const inputs = [values(rng, shape), values(rng, [shape.at(-1) as number, units]), values(rng, [units])];
      for (const rectifier of rectifiers)
        for (const given of [inputs, inputs.slice(0, 2)]) {
          const options = (bias?: tf.Tensor1D): DenseOptions => ({ bias, rectifier });
          const [got, expected] = [dense, composedDense].map(layer => passes(of(options, layer), given)) as [tf.Tensor[], tf.Tensor[]];
          expectSame(got, expected, { relative: 1e-4, absolute: 2e-3 });
        }
    });
  });

  it('keeps NaN and ∞ where they are, with either rectifier', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, Number.NaN, 2, 3, Number.POSITIVE_INFINITY, 1, -1, Number.NEGATIVE_INFINITY], [4, 2]);
      const inputs = [x, tf.tensor2d([1, -2, 3, 4, 0.5, 6], [2, 3]), tf.tensor1d([0, 1, 2])];
      for (const rectifier of rectifiers) {
        const options = (bias?: tf.Tensor1D): DenseOptions => ({ bias, rectifier });
        const [got, expected] = [dense, composedDense].map(layer => of(options, layer)(...inputs)) as [tf.Tensor, tf.Tensor];
        expect([...got.dataSync()]).toEqual([...expected.dataSync()]);
      }
    });
  });

  it('has gradients of gradients', () => {
    tf.tidy(() => {
      const rng = random(4);
      const [x, kernel] = [values(rng, [4, 3]), values(rng, [3, 5]) as tf.Tensor2D];
      const second = (layer: typeof composedDense): tf.Tensor => {
        const inner = (w: tf.Tensor): tf.Tensor =>
          layer(x, w as tf.Tensor2D, { rectifier: 'relu' })
            .square()
            .sum();
        return tf.grad((w: tf.Tensor) => tf.grad(inner)(w).square().sum())(kernel);
      };
      expectClose(second(dense), second(composedDense).dataSync() as Float32Array);
      expect(second(dense).abs().sum().dataSync()[0]).toBeGreaterThan(1);
    });
  });

  it('refuses what does not fit', () => {
    tf.tidy(() => {
      expect(() => dense(tf.ones([2, 3]), tf.ones([4, 5]))).toThrow(/dense, kernel: expected shape \[3, 5\], got \[4, 5\]/);
      expect(() => dense(tf.ones([2, 3]), tf.ones([3, 5]), { bias: tf.ones([4]) })).toThrow(/dense, bias: expected shape \[5\]/);
    });
  });
});

describe('layer normalisation', () => {
  const of = (layer: typeof layerNorm, epsilon = 1e-5): Way => {
    return (x, gamma, beta) => layer(x as tf.Tensor, { gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D, epsilon });
  };

  it.each([[[2]], [[1, 3]], [[5, 16]], [[2, 3, 17]], [[300, 64]], [[3, 2, 2, 100]], [[260, 33]], [[0, 4]]])(
    'is what TensorFlow composes, x %j, with all gradients',
    shape => {
      tf.tidy(() => {
        const rng = random(5);
        const channels = shape.at(-1) as number;
        const inputs = [values(rng, shape), upload(uniform(rng, [channels], { low: -1, high: 2 })), values(rng, [channels])];
        expectSame(passes(of(layerNorm), inputs), passes(of(composedLayerNorm), inputs), { relative: 1e-3, absolute: 1e-3 });
      });
    },
  );

  it('is exact far from zero', () => {
    tf.tidy(() => {
      const x = Float32Array.from({ length: 70 }, (_, i) => 30000 + ((i * 37) % 101) / 64);
      const mean = x.reduce((a, b) => a + b, 0) / 70;
      const deviation = Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / 70);
      const y = layerNorm(tf.tensor2d(x, [1, 70]), { gamma: tf.ones([70]), beta: tf.zeros([70]), epsilon: 0 });
      expectClose(
        y,
        [...x].map(v => (v - mean) / deviation),
        { relative: 0, absolute: 5e-3 },
      );
    });
  });

  it('keeps what is not finite in its position', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, Number.NaN, 2, 3, 4, 7, Number.POSITIVE_INFINITY, 1, 2], [3, 3]);
      const y = of(layerNorm)(x, tf.ones([3]), tf.zeros([3]));
      expect(finite(y)).toEqual([false, false, false, true, true, true, false, false, false]);
    });
  });

  it('has gradients of gradients', () => {
    tf.tidy(() => {
      const rng = random(6);
      const [x, gamma, beta] = [values(rng, [3, 4]), values(rng, [4]), values(rng, [4])];
      const second = (layer: typeof layerNorm): tf.Tensor => {
        const inner = (v: tf.Tensor): tf.Tensor => of(layer)(v, gamma, beta).pow(3).sum();
        return tf.grad((v: tf.Tensor) => tf.grad(inner)(v).square().sum())(x);
      };
      expectClose(second(layerNorm), second(composedLayerNorm).dataSync() as Float32Array, { relative: 1e-3, absolute: 1e-2 });
    });
  });

  it('refuses what does not fit', () => {
    const wrong = () => layerNorm(tf.ones([2, 3]), { gamma: tf.ones([4]), beta: tf.ones([3]), epsilon: 0 });
    expect(() => tf.tidy(wrong)).toThrow(/layerNorm, gamma: expected shape \[3\], got \[4\]/);
  });
});

on('cross-entropy of labels', () => {
  /** By its definition, in double precision: loss, gradient of the loss. */
  function defined(logits: ArrayLike<number>, labels: ArrayLike<number>, { classes, smoothing }: { classes: number; smoothing: number }) {
    const rows = labels.length;
    const gradient = new Float64Array(rows * classes);
    let loss = 0;
    for (let r = 0; r < rows; r++) {
      const z = Array.from({ length: classes }, (_, c) => logits[r * classes + c] as number);
      const top = Math.max(...z);
      const log = top + Math.log(z.reduce((sum, v) => sum + Math.exp(v - top), 0));
      for (const [c, v] of z.entries()) {
        const q = (c === labels[r] ? 1 - smoothing : 0) + smoothing / classes;
        if (q > 0) loss += (q * (log - v)) / rows;
        gradient[r * classes + c] = (Math.exp(v - log) - q) / rows;
      }
    }
    return { loss, gradient };
  }

  const cases = [1, 3, 64, 700].flatMap(rows => [2, 10, 16, 17, 65, 200].map(classes => [rows, classes] as const));

  it.each(cases)('is its definition, %d rows of %d classes', (rows, classes) => {
    tf.tidy(() => {
      const rng = random(rows + classes);
      const outputs = upload(normal(rng, [rows, classes], { deviation: 4 }));
      const labels = tf.tensor1d(
        Int32Array.from({ length: rows }, () => rng.int(0, classes - 1)),
        'int32',
      );
      for (const smoothing of [0, 0.1]) {
        const expected = defined(outputs.dataSync(), labels.dataSync(), { classes, smoothing });
        const { value, grad } = tf.valueAndGrad((z: tf.Tensor) => labelledCrossEntropy(z, labels, smoothing) as tf.Scalar)(outputs);
        expectClose(value, [expected.loss], { relative: 2e-6, absolute: 1e-6 });
        expectClose(tf.mul(grad, rows), Float64Array.from(expected.gradient, v => v * rows) as unknown as number[], {
          relative: 1e-5,
          absolute: 2e-6,
        });
      }
      labelledCrossEntropy(outputs, labels, 0);
      const tops = topClasses(outputs.dataSync(), classes);
      expect(countedCorrect(outputs, labels)).toBe(correctCount(tops, labels.dataSync()));
      expect(countedCorrect(outputs, tf.clone(labels))).toBeUndefined();
    });
  });

  it('counts the first of equals, and is right for extreme logits', () => {
    tf.tidy(() => {
      const z = tf.tensor2d([3, 3, 1, -3e38, 3e38, 0, 1000, -1000, 999, 0, 0, 0], [4, 3]);
      const labels = tf.tensor1d([0, 1, 2, 1], 'int32');
      const loss = labelledCrossEntropy(z, labels, 0) as tf.Scalar;
      expect(countedCorrect(z, labels)).toBe(2);
      expectClose(loss, [defined(z.dataSync(), labels.dataSync(), { classes: 3, smoothing: 0 }).loss], { relative: 1e-6, absolute: 0 });
    });
  });

  it('scales its gradient by what comes back', () => {
    tf.tidy(() => {
      const [z, labels] = [tf.tensor2d([1, 2, 0, 1], [2, 2]), tf.tensor1d([0, 1], 'int32')];
      const of = (factor: number): tf.Tensor =>
        tf.grad((x: tf.Tensor) => tf.mul(labelledCrossEntropy(x, labels, 0) as tf.Scalar, factor))(z);
      expectClose(of(3), tf.mul(of(1), 3).dataSync() as Float32Array);
    });
  });

  it('leaves to others what it does not know', () => {
    tf.tidy(() => {
      const z = tf.ones([2, 3]);
      const labels = (...of: number[]): tf.Tensor => tf.tensor1d(of, 'int32');
      const not: [tf.Tensor, tf.Tensor][] = [
        [z, labels(0, 3)],
        [z, labels(-1, 0)],
        [z, labels(0)],
        [z, tf.ones([2, 3])],
        [tf.ones([2, 1]), labels(0, 0)],
        [tf.tensor2d([1, 2, 3, Number.NaN, 0, 0], [2, 3]), labels(0, 0)],
        [tf.tensor2d([1, 2, 3, Number.NEGATIVE_INFINITY, 0, 0], [2, 3]), labels(0, 0)],
        [tf.zeros([0, 3]), tf.tensor1d([], 'int32')],
      ];
      for (const [outputs, targets] of not) expect(labelledCrossEntropy(outputs, targets, 0)).toBeUndefined();
    });
  });
});

on('fused ops', () => {
  it('give the same bits on any number of threads', () => {
    tf.tidy(() => {
      const rng = random(7);
      const [x, dy, kernel, bias] = [values(rng, [3000, 40]), values(rng, [3000, 70]), values(rng, [40, 70]), values(rng, [70])];
      const [gamma, labels] = [
        values(rng, [40]),
        tf.tensor1d(
          Int32Array.from({ length: 3000 }, () => rng.int(0, 39)),
          'int32',
        ),
      ];
      const runs = [1, 2, 3].map(n => {
        const clip = [attribute.int('N', 1), attribute.float('low', 0), attribute.float('high', 6), threads(n)];
        const norm = { attributes: [attribute.float('epsilon', 1e-5), threads(n)], outputs: 3 };
        const [y, mean, inverse] = runOps('TinylabLayerNorm', [x, gamma, gamma], norm) as [tf.Tensor, tf.Tensor, tf.Tensor];
        return [
          runOp('TinylabDense', [x, kernel, bias], clip),
          runOp('TinylabDenseBackpropInput', [dy, kernel], [threads(n)]),
          ...runOps('TinylabDenseBackpropParameters', [x, dy], { attributes: [threads(n)], outputs: 2 }),
          ...[y, mean, inverse],
          ...runOps('TinylabLayerNormGrad', [x, x, gamma, mean, inverse], norm),
          ...runOps('TinylabCrossEntropy', [x, labels], { attributes: [attribute.float('smoothing', 0.1), threads(n)], outputs: 3 }),
        ].map(bits);
      });
      expect(runs[1]).toEqual(runs[0]);
      expect(runs[2]).toEqual(runs[0]);
    });
  });

  const of = (...shape: number[]): tf.Tensor => tf.ones(shape);
  const clip = (n: number): OpAttribute[] => [attribute.int('N', n), attribute.float('low', 0), attribute.float('high', 6), threads(1)];
  const norm = { attributes: [attribute.float('epsilon', 1e-5), threads(1)], outputs: 3 };
  const loss = { attributes: [attribute.float('smoothing', 0), threads(1)], outputs: 3 };
  const wrong: [string, () => unknown][] = [
    ['other features', () => runOp('TinylabDense', [of(2, 3), of(4, 5)], clip(0))],
    ['a scalar', () => runOp('TinylabDense', [tf.scalar(1), of(1, 5)], clip(0))],
    ['a bias of other units', () => runOp('TinylabDense', [of(2, 3), of(3, 5), of(4)], clip(1))],
    ['two biases', () => runOp('TinylabDense', [of(2, 3), of(3, 5), of(5), of(5)], clip(2))],
    ['other units', () => runOp('TinylabDenseBackpropInput', [of(2, 4), of(3, 5)], [threads(1)])],
    ['other rows', () => runOps('TinylabDenseBackpropParameters', [of(2, 4), of(3, 5)], { attributes: [threads(1)], outputs: 2 })],
    ['a γ of another length', () => runOps('TinylabLayerNorm', [of(2, 3), of(2), of(3)], norm)],
    ['a dy of another size', () => runOps('TinylabLayerNormGrad', [of(1, 3), of(2, 3), of(3), of(2), of(2)], norm)],
    ['means of other rows', () => runOps('TinylabLayerNormGrad', [of(2, 3), of(2, 3), of(3), of(3), of(2)], norm)],
    ['labels of other rows', () => runOps('TinylabCrossEntropy', [of(2, 3), tf.tensor1d([0], 'int32')], loss)],
    ['logits without classes', () => runOps('TinylabCrossEntropy', [of(2), tf.tensor1d([0, 0], 'int32')], loss)],
  ];
  it.each(wrong)('say the reason: %s', (_, call) => {
    expect(() => tf.tidy(() => void call())).toThrow(/must|needs|There is/);
  });
});
