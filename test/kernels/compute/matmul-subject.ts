import type { MatmulShape } from '../../../lib/tensor/matmul.ts';
import { native, nativeRungs } from '../../../lib/tensor/native.ts';
import type { Subject } from './contract.ts';

const u = 2 ** -24;
/** Half the distance of float32's smallest numbers: what a product may lose by underflow. */
const underflow = 2 ** -150;

/** The factor that k roundings in a row may put on a sum: γ(k) = k·u / (1 − k·u). */
const gamma = (k: number): number => (k * u) / (1 - k * u);

/** Sizes that make every tail: 6 rows and 16 columns of a register block, its halves, one more and one less. */
const shapes: readonly MatmulShape[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 11, 13].map(m => ({ m, k: 5, n: 19 })),
  ...[1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 31, 32, 33].map(n => ({ m: 7, k: 9, n })),
  ...[0, 1, 2, 3, 64, 257].map(k => ({ m: 5, k, n: 18 })),
  { m: 1, k: 1, n: 1 },
  { m: 0, k: 3, n: 4 },
  { m: 3, k: 4, n: 0 },
  { m: 0, k: 0, n: 0 },
  { m: 1, k: 100, n: 1 },
  { m: 25, k: 31, n: 43 },
];

export const matmulSubject: Subject<MatmulShape> = {
  rungs: nativeRungs().matmul,
  shapes,
  sizes: ({ m, k, n }) => ({ inputs: [m * k, k * n], output: m * n }),
  run: ([a, b], shape, call) => native.matmul(a as Float32Array, b as Float32Array, { ...shape, ...call }),
  exact: ([a, b], { m, k, n }) => {
    const [value, bound] = [new Float64Array(m * n), new Float64Array(m * n)];
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        const terms = Array.from({ length: k }, (_, p) => (a?.[i * k + p] as number) * (b?.[p * n + j] as number));
        value[i * n + j] = terms.reduce((sum, term) => sum + term, 0);
        // A sum that is itself subnormal is rounded to a multiple of 2⁻¹⁴⁹: half of that for each of k products and for the result.
        bound[i * n + j] = gamma(k) * terms.reduce((sum, term) => sum + Math.abs(term), 0) + (k + 1) * underflow;
      }
    return { value, bound };
  },
};
