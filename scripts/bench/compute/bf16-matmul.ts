import { bf16Rungs, matmulBf16 } from '../../../lib/tensor/native-bf16.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { type Row, timed } from './row.ts';

const side = 512;
const rung = 'avx512-bf16';

/** Float32 matrices rounded to bfloat16 while they are packed; no peer computes this on one thread. */
export default {
  title: 'matmul 512³, bfloat16 inside',
  operations: 2 * side ** 3,
  unit: 'GFLOP/s',
  peaks: ['fma512', 'bf16'],
  async ours() {
    if (!bf16Rungs().some(({ name, available }) => name === rung && available)) return `there is no rung ${rung} here`;
    const [a, b] = [1, 2].map(seed => normal(random(seed), [side * side]).data) as [Float32Array, Float32Array];
    const out = new Float32Array(side * side);
    return { ours: timed(() => matmulBf16(a, b, { m: side, k: side, n: side, rung, out })) };
  },
  peers: () => ({}),
} satisfies Row;
