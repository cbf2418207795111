import { native, nativeRungs } from '../../../lib/tensor/native.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import type { Contender } from '../peers/interleave.ts';
import { type Row, timed } from './row.ts';

const side = 512;

/** Every rung of the product of two 512 × 512 matrices; tfjs-node, which allocates its output, is a peer that is always there. */
export default {
  title: 'matmul 512³, float32',
  operations: 2 * side ** 3,
  unit: 'GFLOP/s',
  peaks: ['fma256', 'fma512'],
  slow: ['typescript', 'reference', 'interchange'],
  async ours() {
    const shape = { m: side, k: side, n: side };
    const [a, b] = [1, 2].map(seed => normal(random(seed), [side * side]).data) as [Float32Array, Float32Array];
    const out = new Float32Array(side * side);
    const [ta, tb] = [tf.tensor2d(a, [side, side]), tf.tensor2d(b, [side, side])];
    const rungs = nativeRungs().matmul.filter(({ available }) => available);
    const run = (rung: string): Contender => timed(() => native.matmul(a, b, { ...shape, rung, out }));
    const others = Object.fromEntries(rungs.slice(0, -1).map(({ name }) => [name, run(name)]));
    return {
      ...others,
      ours: run(rungs.at(-1)?.name as string),
      'tfjs-node': timed(() => tf.matMul(ta, tb).dispose()),
    };
  },
  peers: ({ python, wasm }) => ({
    'ONNX Runtime MatMul': () => python.measure('onnx/matmul'),
    'NumPy, OpenBLAS': () => python.measure('numpy/matmul'),
    ...(wasm && { 'tfjs-wasm': () => wasm.measure('matmul') }),
  }),
} satisfies Row;
