import { type MatmulOptions, native, nativeRungs } from '../../../lib/tensor/native.ts';
import type { Subject } from './contract.ts';

const u = 2 ** -24;
/** Half the distance of float32's smallest numbers: what a product may lose by underflow. */
const underflow = 2 ** -150;

/** The factor that k roundings in a row may put on a sum: γ(k) = k·u / (1 − k·u). */
const gamma = (k: number): number => (k * u) / (1 - k * u);

type Shape = Pick<MatmulOptions, 'm' | 'k' | 'n' | 'transposeA' | 'transposeB' | 'threads'>;

/** Sizes that make every tail: 6 rows and 16 columns of a register block, its halves, one more and one less. */
const shapes: readonly Shape[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 11, 13].map(m => ({ m, k: 5, n: 19 })),
  ...[1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 31, 32, 33].map(n => ({ m: 7, k: 9, n })),
  ...[0, 1, 2, 3, 64, 257, 513, 1030].map(k => ({ m: 5, k, n: 18 })),
  { m: 1, k: 1, n: 1 },
  { m: 0, k: 3, n: 4 },
  { m: 3, k: 4, n: 0 },
  { m: 0, k: 0, n: 0 },
  { m: 1, k: 100, n: 1 },
  { m: 25, k: 31, n: 43 },
  // each factor as its transpose, and both
  ...[1, 8, 17, 33, 50].map(n => ({ m: 10, k: 17, n, transposeB: true })),
  ...[1, 7, 8, 9, 13].map(m => ({ m, k: 18, n: 20, transposeA: true, transposeB: m % 2 === 1 })),
  { m: 60, k: 3, n: 5, threads: 2 },
];

export const matmulSubject: Subject<Shape> = {
  rungs: nativeRungs().matmul,
  shapes,
  sizes: ({ m, k, n }) => ({ inputs: [m * k, k * n], output: m * n }),
  run: ([a, b], shape, call) => native.matmul(a as Float32Array, b as Float32Array, { ...shape, ...call }),
  exact: ([a, b], { m, k, n, transposeA, transposeB }) => {
    const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
    const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
    const [value, bound] = [new Float64Array(m * n), new Float64Array(m * n)];
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        const terms = Array.from(
          { length: k },
          (_, p) => (a?.[i * aRow + p * aColumn] as number) * (b?.[p * bRow + j * bColumn] as number),
        );
        value[i * n + j] = terms.reduce((sum, term) => sum + term, 0);
        // A sum that is itself subnormal is rounded to a multiple of 2⁻¹⁴⁹: half of that for each of k products and for the result.
        bound[i * n + j] = gamma(k) * terms.reduce((sum, term) => sum + Math.abs(term), 0) + (k + 1) * underflow;
      }
    return { value, bound };
  },
};
