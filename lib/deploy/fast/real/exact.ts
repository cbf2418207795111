import { scope } from '../../../tensor/scope.ts';
import { tf } from '../../../tensor/tf.ts';
import type { Unpacked } from '../weights.ts';

/** A float32 holds every whole number up to here, so that sums that stay below are exact in any order. */
const whole = 2 ** 24;

/** Weights [out, k] of a layer, or a share of them that counts `factor` times. */
export interface Part {
  readonly weights: Float32Array;
  readonly factor: number;
}

/**
 * The weights w - zero, in one part where Σ |w - zero| · reach stays below 2^24 for every row, else in two: multiples of 16 and what is left. Undefined where
 * neither does.
 */
export function exactParts(
  { codes, zero }: Unpacked,
  { out, k, reach }: { readonly out: number; readonly k: number; readonly reach: number },
): readonly Part[] | undefined {
  const centered = Float32Array.from(codes, (w, i) => w - (zero[Math.floor(i / k)] as number));
  const upper = centered.map(w => Math.floor(w / 16));
  const split = [
    { weights: upper, factor: 16 },
    { weights: centered.map((w, i) => w - 16 * (upper[i] as number)), factor: 1 },
  ];
  return [[{ weights: centered, factor: 1 }], split].find(parts => parts.every(({ weights }) => fits(weights, { out, k, reach })));
}

function fits(weights: Float32Array, { out, k, reach }: { readonly out: number; readonly k: number; readonly reach: number }): boolean {
  for (let o = 0; o < out; o++) {
    let sum = 0;
    for (let i = o * k; i < (o + 1) * k; i++) sum += Math.abs(weights[i] as number);
    if (sum * reach >= whole) return false;
  }
  return true;
}

let exact: boolean | undefined;

/**
 * Whether TensorFlow's convolutions here add up plain products in float32, tried once: an algorithm that transforms its input, or halves the precision, would
 * give other sums than those of whole numbers close to 2^24.
 */
export function floatsAreExact(): boolean {
  exact ??= tried();
  return exact;
}

function tried(): boolean {
  const [side, channels] = [8, 32];
  const x = Float32Array.from({ length: side * side * channels }, (_, i) => ((i * 7919) % 256) - 127);
  const w = Float32Array.from({ length: 9 * channels * channels }, (_, i) => ((i * 104729) % 255) - 127);
  const found = scope(() =>
    tf.conv2d(tf.tensor4d(x, [1, side, side, channels]), tf.tensor4d(w, [3, 3, channels, channels]), 1, 'valid').dataSync(),
  );
  const wide = side - 2;
  return found.every((value, at) => {
    const [o, column, row] = [at % channels, Math.floor(at / channels) % wide, Math.floor(at / channels / wide)];
    let sum = 0;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        for (let c = 0; c < channels; c++)
          sum += (x[((row + i) * side + column + j) * channels + c] as number) * (w[((i * 3 + j) * channels + c) * channels + o] as number);
    return sum === value;
  });
}
