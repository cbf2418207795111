import { clamped, fixedPoint, scaled } from '../../deploy/fixed-point.ts';
import { random } from '../../tensor/random.ts';
import type { LoopCall } from '../loop.ts';
import { assertConv, type ConvSizes, convMacs, convScratch, windowAt } from './image.ts';
import { arrayOf, bytesOfCall, type LoopProblem, type ScratchSpace, scratchArray } from './problem.ts';
import { bytes } from './values.ts';

const signature =
  'export function conv(x: I8s, w: I8s, bias: I32s, multiplier: I32s, shift: I32s, y: I8s, height: i32, width: i32, channels: i32, filters: i32, xZero: i32, yZero: i32): void';

/**
 * A quantized convolution as TensorFlow Lite computes it, 3 × 3, padding 1, stride 1: y[f] = clip(yZero + scaled(Σ (x − xZero) · w + bias[f]), −128, 127) with
 * x [height, width, channels], w [filters, 3, 3, channels] and, for each filter, scaled(s) = round(round(s · multiplier / 2^31) / 2^−shift): halves of the product go
 * up, halves of the shift away from zero. Shifts lie between −22 and 0. Outside of the image lies xZero. Jacob et al. 2018, section 2.2.
 * @throws LabError `loops/problem` for a size that is no whole number from 1 to 4096.
 */
export function int8Conv(sizes: ConvSizes): LoopProblem {
  assertConv(sizes);
  const { height, width, channels, filters } = sizes;
  const scratch: ScratchSpace = { view: 'I16s', elements: convScratch(sizes) };
  return {
    name: `convolution ${height} × ${width} × ${channels} to ${filters}, 3 × 3, int8`,
    signature,
    scratch,
    macs: convMacs(sizes),
    bytes: bytesOfCall(callOf(sizes, scratch, 0)),
    // Winograd's F(2 × 2, 3 × 3) is exact in integers
    fewestProducts: 4 / 9,
    output: 'y',
    call: seed => callOf(sizes, scratch, seed),
    element(given, index) {
      const [x, w] = [arrayOf(given, 'x').data, arrayOf(given, 'w').data];
      const [bias, multiplier, shift] = ['bias', 'multiplier', 'shift'].map(name => arrayOf(given, name).data);
      const [xZero, yZero] = [given.args[10] as number, given.args[11] as number];
      const { filter, taps } = windowAt(sizes, index);
      let sum = bias?.[filter] as number;
      for (const [input, tap] of taps) {
        const from = (9 * filter + tap) * channels;
        for (let c = 0; c < channels; c++) sum += ((x[input + c] as number) - xZero) * (w[from + c] as number);
      }
      return clamped(yZero + scaled(sum, multiplier?.[filter] as number, shift?.[filter] as number), -128, 127);
    },
  };
}

/** Fresh inputs. Factors are such that most outputs lie within the clip, and a few beyond it. */
function callOf({ height, width, channels, filters }: ConvSizes, scratch: ScratchSpace, seed: number): LoopCall {
  const draw = random(seed).split('requantize');
  // sums of 9 · channels products of independent bytes deviate by about so much
  const deviation = 5500 * Math.sqrt(9 * channels);
  const factors = Array.from({ length: filters }, () => fixedPoint((draw.uniform(0.3, 1.2) * 64) / deviation));
  const bias = Int32Array.from({ length: filters }, () => draw.int(-Math.floor(deviation), Math.floor(deviation)));
  return {
    function: 'conv',
    args: [
      { name: 'x', data: bytes(2 * seed, height * width * channels), use: 'in' },
      { name: 'w', data: bytes(2 * seed + 1, 9 * channels * filters), use: 'in' },
      { name: 'bias', data: bias, use: 'in' },
      { name: 'multiplier', data: Int32Array.from(factors, ({ multiplier }) => multiplier), use: 'in' },
      { name: 'shift', data: Int32Array.from(factors, ({ shift }) => shift), use: 'in' },
      { name: 'y', data: new Int8Array(height * width * filters), use: 'out' },
      ...[height, width, channels, filters, draw.int(-20, 20), draw.int(-20, 20), scratchArray(scratch)],
    ],
  };
}
