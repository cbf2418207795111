import { int8Kernels, int8Shape } from '../../../lib/tensor/native-int8.ts';
import { type Row, timed } from './row.ts';

const [side, channels] = [56, 64];
const bytes = (length: number): Int8Array => Int8Array.from({ length }, (_, i) => ((i * 7919) % 255) - 127);

/** The same convolution of bytes, requantized to bytes with a scale for each channel: our kernel, and ONNX Runtime's QLinearConv of uint8 and int8 images. */
export default {
  title: 'convolution 3 × 3, 56 × 56 × 64 -> 64, int8',
  operations: 2 * 9 * side * side * channels * channels,
  unit: 'GOP/s',
  peaks: ['vnni512'],
  async ours() {
    const kernels = int8Kernels();
    if (!kernels) return 'the compute kernels are not built';
    const [x, weight, y] = [bytes(side * side * channels), bytes(9 * channels * channels), new Int8Array(side * side * channels)];
    // offset, multiplier, left, right, the weights' zero point, the sum of the weights: of bytes that add up to what they happen to
    const channel = Int32Array.from({ length: 6 * channels }, (_, i) => [0, 2 ** 30 + i, 0, 12, 0, 0][Math.floor(i / channels)] as number);
    const shape = int8Shape.conv({
      ...{ images: 1, height: side, width: side, channels, kernelHeight: 3, kernelWidth: 3, depth: channels },
      ...{ outHeight: side, outWidth: side, out: channels, outChannels: channels },
      ...{ strideDown: 1, strideRight: 1, dilationDown: 1, dilationRight: 1, top: 1, left: 1 },
      ...{ isSigned: 1, zero: 0, hasWeightZeros: 0, isSums: 0, pool: 1, outputZero: 0, low: -128, high: 127 },
    });
    return { ours: timed(() => kernels.int8Conv(shape, x, weight, channel, y, 1)) };
  },
  peers: ({ python }) => ({
    'ONNX Runtime QLinearConv u8': () => python.measure('onnx/conv-u8'),
    'ONNX Runtime QLinearConv s8': () => python.measure('onnx/conv-s8'),
  }),
} satisfies Row;
