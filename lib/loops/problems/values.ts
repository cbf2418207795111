import { random } from '../../tensor/random.ts';

/** Multiples of 1/8 from −1 to 1. */
export function eighths(seed: number, length: number): Float32Array {
  const draw = random(seed);
  return Float32Array.from({ length }, () => draw.int(-8, 8) / 8);
}

/** All integers of 8 bits. */
export function bytes(seed: number, length: number): Int8Array {
  const draw = random(seed);
  return Int8Array.from({ length }, () => draw.int(-128, 127));
}
