import { LabError } from '../../../tensor/errors.ts';
import { fixedPoint, type Multiplier } from '../../fixed-point.ts';
import { ends } from '../../integer/requantize-attributes.ts';
import type { ElementType } from '../../program.ts';
import { activations } from './schema.ts';

// The arithmetic on scales of LiteRT (tflite/kernels/…: Prepare), which is part of the result: some factors are computed in float32, others in double
// precision, and a last bit of a multiplier is a step of an output now and then. Scales are float32 numbers.

const { fround } = Math;

/** Halves away from zero. */
export const round = (x: number): number => Math.sign(x) * Math.round(Math.abs(x));

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

/** What ADD and SUB multiply with: both inputs to twice the larger scale, then to the output's. */
export function sumFactors(
  { a, b, y }: { readonly a: number; readonly b: number; readonly y: number },
  leftShift: number,
): { readonly a: number; readonly b: number; readonly y: number } {
  const twice = 2 * Math.max(a, b);
  return { a: a / twice, b: b / twice, y: twice / (2 ** leftShift * y) };
}

/** Multiplier, shift and smallest difference of SOFTMAX over integers of 8 bits. */
export function softmaxFactors(x: number, beta: number): Multiplier & { readonly differenceMinimum: number } {
  const { multiplier, shift } = fixedPoint(Math.min(beta * x * 2 ** 26, 2 ** 31 - 1) || 0);
  return { multiplier, shift, differenceMinimum: -Math.floor((31 * 2 ** 26) / 2 ** shift) };
}

/** The same for 16 bits, whose exponentials come from a table over [-10, 0]. */
export const softmaxFactor16 = (x: number, beta: number): number => fround(x * beta) / (10 / 65535);

/** The ends of a fused activation among the integers of the output. @throws LabError `deploy/tflite` for one that is not fused here. */
export function clampOf(
  activation: number,
  {
    where,
    scale,
    zeroPoint,
    type,
  }: { readonly where: string; readonly scale: number; readonly zeroPoint: number; readonly type: ElementType },
): { readonly low: number; readonly high: number } {
  const [least, most] = ends[type] ?? [0, 0];
  const at = (x: number): number => zeroPoint + round(fround(x / scale));
  if (activation === activations.none) return { low: least, high: most };
  if (activation === activations.relu) return { low: Math.max(least, at(0)), high: most };
  if (activation === activations.relu6) return { low: Math.max(least, at(0)), high: Math.min(most, at(6)) };
  if (activation === activations.reluN1To1) return { low: Math.max(least, at(-1)), high: Math.min(most, at(1)) };
  throw new LabError(
    'deploy/tflite',
    `${where} has activation ${activation} fused.`,
    'Fused activations that are read: RELU, RELU6, RELU_N1_TO_1.',
  );
}
