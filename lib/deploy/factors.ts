import type { Attributes } from '../model/model.ts';
import { fixedPoint, type Multiplier } from './fixed-point.ts';
import type { ElementType } from './program.ts';

// Factors between scales as LiteRT computes them (tflite/kernels/…: Prepare). That is part of the result: some are computed in float32, others in double
// precision, and the last bit of a multiplier is a step of an output now and then. Scales are float32 numbers.

const { fround } = Math;

/** Factors between scales, as LiteRT computes them for each operator. */
export const factors = {
  /** CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED with a scale for each channel. */
  perChannel: (x: number, w: number, y: number): number => (x * w) / y,
  /** FULLY_CONNECTED with one scale, BATCH_MATMUL, and convolutions of unsigned integers. */
  perTensor: (x: number, w: number, y: number): number => fround(x * w) / y,
  product: (a: number, b: number, y: number): number => fround(fround(a * b) / y),
  /** RELU and its kin, and LEAKY_RELU where x ≥ 0. */
  relu: (x: number, y: number): number => fround(x / y),
  /** QUANTIZE of integers. */
  requantize: (x: number, y: number): number => x / y,
  mean: (x: number, y: number): number => x / y,
  leakyRelu: (x: number, slope: number, y: number): number => fround(fround(x * slope) / y),
} as const;

/** The grid of a value that is added. */
type Term = { readonly scale: number; readonly zeroPoint: number; readonly type: ElementType };

/**
 * What `add` and `subtract` compute with: both inputs are taken to twice the larger of their scales, with `leftShift` bits to spare, and added; the sum is
 * taken to the output's scale by `factor`. TensorFlow Lite, `add.h`.
 */
export function sumAttributes(a: Term, b: Term, y: number): { readonly attributes: Attributes; readonly factor: number } {
  const leftShift = a.type === 'int16' || b.type === 'int16' ? 15 : 20;
  const twice = 2 * Math.max(a.scale, b.scale);
  const [left, right] = [fixedPoint(a.scale / twice), fixedPoint(b.scale / twice)];
  const attributes = {
    leftShift,
    aZeroPoint: a.zeroPoint,
    bZeroPoint: b.zeroPoint,
    aMultiplier: left.multiplier,
    aShift: left.shift,
    bMultiplier: right.multiplier,
    bShift: right.shift,
  };
  return { attributes, factor: twice / (2 ** leftShift * y) };
}

/** Multiplier, shift and smallest difference of SOFTMAX over integers of 8 bits. */
export function softmaxFactors(x: number, beta: number): Multiplier & { readonly differenceMinimum: number } {
  const { multiplier, shift } = fixedPoint(Math.min(beta * x * 2 ** 26, 2 ** 31 - 1) || 0);
  return { multiplier, shift, differenceMinimum: -Math.floor((31 * 2 ** 26) / 2 ** shift) };
}

/** The same for 16 bits, whose exponentials come from a table over [-10, 0]. */
export const softmaxFactor16 = (x: number, beta: number): number => fround(x * beta) / (10 / 65535);

/** What LOGISTIC and TANH of 16 bits multiply with, and how far they shift to the right: to units of 1/12,288, with as many bits as 16 hold. */
export function wideFunctionFactor(x: number): Multiplier {
  const power = Math.round(Math.log2(x));
  if (Math.abs(Math.log2(x) - power) < 1e-3 && (power === -12 || power === -11)) return { multiplier: 3 * 2 ** (power + 12), shift: 0 };
  let [multiplier, shift] = [x * 4096 * 3, 0];
  while (multiplier <= 32767 / 2 && shift <= 30) {
    multiplier *= 2;
    shift++;
  }
  return { multiplier: Math.trunc(multiplier), shift };
}
