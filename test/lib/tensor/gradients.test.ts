import { describe, expect, it } from 'vitest';
import { normal, random } from '../../../lib/tensor/random.ts';
import { discardTape } from '../../../lib/tensor/repair.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { centralDifferences } from './reference/central-differences.ts';

guardAgainstLeaks();

/** Compares the gradient of Σ w · f(x), for fixed weights w, with central differences of a plain function. */
function check(shape: number[], f: (x: tf.Tensor) => tf.Tensor, plain: (x: Float64Array) => ArrayLike<number>): void {
  const rng = random(21);
  const x = normal(rng, shape);
  const weights = normal(rng, [plain(Float64Array.from(x.data)).length]);
  tf.tidy(() => {
    const y = f(upload(x));
    expectClose(y, plain(Float64Array.from(x.data)));
    const weigh = (v: Float64Array): number => Array.from(plain(v)).reduce((sum, value, i) => sum + value * (weights.data[i] as number), 0);
    expectClose(tf.grad(f)(upload(x), upload(weights).reshape(y.shape)), centralDifferences(weigh, x.data), {
      relative: 1e-3,
      absolute: 1e-3,
    });
  });
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const at = (values: ArrayLike<number>, i: number): number => values[i] as number;

describe('cumprod', () => {
  const product = (x: Float64Array, options: { exclusive: boolean; reverse: boolean }): number[] =>
    range(x.length).map(i => {
      const [row, k] = [i - (i % 5), i % 5];
      const taken = range(5).filter(j => (options.reverse ? j > k : j < k) || (!options.exclusive && j === k));
      return taken.reduce((all, j) => all * at(x, row + j), 1);
    });
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('exclusive %s, reverse %s', (exclusive, reverse) => {
    check(
      [3, 5],
      x => tf.cumprod(x, 1, exclusive, reverse),
      x => product(x, { exclusive, reverse }),
    );
  });

  it('is finite and right where x is 0', () => {
    tf.tidy(() => {
      const dx = tf.grad(x => tf.cumprod(x, 0))(tf.tensor1d([2, 0, 3, 0, 5]));
      expect([...dx.dataSync()]).toEqual([1, 2 + 2 * 3, 0, 0, 0]);
    });
  });

  it('works along the first axis', () => {
    check(
      [3, 2],
      x => tf.cumprod(x, 0),
      x => range(6).map(i => range(Math.floor(i / 2) + 1).reduce((all, j) => all * at(x, 2 * j + (i % 2)), 1)),
    );
  });
});

describe('einsum', () => {
  const other = Float32Array.from([0.5, -1, 2, 3, -0.25, 1, 4, 0.1]);
  it('matrix product: both operands', () => {
    const b = (): tf.Tensor => tf.tensor(other, [4, 2]);
    const plain = (x: Float64Array): number[] =>
      range(6).map(i => range(4).reduce((sum, k) => sum + at(x, Math.floor(i / 2) * 4 + k) * at(other, k * 2 + (i % 2)), 0));
    check([3, 4], x => tf.einsum('ik,kj->ij', x, b()), plain);
    const left = (x: Float64Array): number[] =>
      range(6).map(i => range(4).reduce((sum, k) => sum + at(x, k * 3 + Math.floor(i / 2)) * at(other, k * 2 + (i % 2)), 0));
    check([4, 3], x => tf.einsum('kj,ki->ij', b(), x), left);
  });

  it('labels that only one operand has, transposition', () => {
    check(
      [2, 3, 4],
      x => tf.einsum('ijk->k', x),
      x => range(4).map(k => range(6).reduce((sum, r) => sum + at(x, r * 4 + k), 0)),
    );
    check(
      [2, 4],
      x => tf.einsum('ij,j->i', x, tf.tensor1d([1, 2, 3, 4])),
      x => range(2).map(i => range(4).reduce((s, j) => s + at(x, i * 4 + j) * (j + 1), 0)),
    );
    check(
      [2, 3],
      x => tf.einsum('ij->ji', x),
      x => range(6).map(i => at(x, (i % 2) * 3 + Math.floor(i / 2))),
    );
  });

  it('says so when it does not know the gradient', () => {
    expect(() => tf.tidy(() => tf.grad(x => tf.einsum('ii->', x))(tf.eye(3)))).toThrow(/repeats a label/);
    discardTape();
  });
});

describe('gatherND', () => {
  it('adds up what was read twice', () => {
    const indices = [
      [2, 1],
      [0, 0],
      [2, 1],
    ];
    check(
      [3, 2],
      x => tf.gatherND(x, tf.tensor2d(indices, [3, 2], 'int32')),
      x => indices.map(([i, j]) => at(x, (i as number) * 2 + (j as number))),
    );
  });

  it('whole rows', () => {
    check(
      [3, 2],
      x => tf.gatherND(x, tf.tensor2d([[1], [1]], [2, 1], 'int32')),
      x => [2, 3, 2, 3].map(i => at(x, i)),
    );
  });
});

describe('stridedSlice', () => {
  it('every second, backwards, masks', () => {
    check(
      [5, 3],
      x => tf.stridedSlice(x, [0, 0], [5, 3], [2, 2]),
      x => [0, 2, 6, 8, 12, 14].map(i => at(x, i)),
    );
    check(
      [5],
      x => tf.stridedSlice(x, [4], [0], [-2]),
      x => [4, 2].map(i => at(x, i)),
    );
    check(
      [3, 4],
      x => tf.stridedSlice(x, [1, 1], [0, 3], [1, 1], 0, 1),
      x => [5, 6, 9, 10].map(i => at(x, i)),
    );
    check(
      [3, 4],
      x => tf.stridedSlice(x, [1, 0], [2, 4], [1, 1], 0, 0, 0, 0, 1),
      x => [4, 5, 6, 7].map(i => at(x, i)),
    );
  });
});

describe('topk', () => {
  it('hands the gradient of the values back to their places', () => {
    const largest = (row: number[]): number[] => row.toSorted((a, b) => b - a).slice(0, 2);
    check(
      [3, 5],
      x => tf.topk(x, 2).values,
      x => range(3).flatMap(i => largest([...x.subarray(5 * i, 5 * i + 5)])),
    );
    check(
      [7],
      x => tf.topk(x, 2).values,
      x => largest([...x]),
    );
  });
});
