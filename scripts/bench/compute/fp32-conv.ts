import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { type Row, timed } from './row.ts';

const [side, channels] = [56, 64];

/** A 3 × 3 convolution as a model runs it: TensorFlow's, images [1, 56, 56, 64] to the same. */
export default {
  title: 'convolution 3 × 3, 56 × 56 × 64 -> 64, float32, TensorFlow',
  operations: 2 * 9 * side * side * channels * channels,
  unit: 'GFLOP/s',
  peaks: ['fma256', 'fma512'],
  async ours() {
    const values = (seed: number, shape: readonly number[]): Float32Array => normal(random(seed), shape).data as Float32Array;
    const x = tf.tensor4d(values(1, [side * side * channels]), [1, side, side, channels]);
    const w = tf.tensor4d(values(2, [9 * channels * channels]), [3, 3, channels, channels]);
    return { ours: timed(() => tf.conv2d(x, w, 1, 'same').dispose()) };
  },
  peers: ({ python, wasm }) => ({
    'ONNX Runtime Conv': () => python.measure('onnx/conv'),
    ...(wasm && { 'tfjs-wasm': () => wasm.measure('conv') }),
  }),
} satisfies Row;
