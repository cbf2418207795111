import type { Bytes } from '../../../lib/tensor/native-int8.ts';
import { integers, random } from '../../../lib/tensor/random.ts';

/** One call of a kernel: what it reads, how much it writes. */
export interface Call {
  readonly name: string;
  readonly inputs: readonly (Float32Array | Int8Array | Uint8Array | Int16Array | Int32Array)[];
  readonly output: number;
  run(inputs: Call['inputs'], y: Bytes, call: { readonly threads: number; readonly rung?: string }): void;
}

/** Whole numbers from low to high. */
export const whole = (low: number, high: number, { length, seed }: { length: number; seed: number }): Int32Array =>
  Int32Array.from(integers(random(seed), [length], { low, high }).data as Int32Array);

/** Bytes with both ends among them: all of one end for some seeds. */
export function bytes(signed: boolean, length: number, seed: number): Bytes {
  const low = signed ? -128 : 0;
  const values = seed % 5 === 1 ? new Int32Array(length).fill(low) : seed % 5 === 2 ? new Int32Array(length).fill(low + 255) : undefined;
  return (signed ? Int8Array : Uint8Array).from(values ?? whole(low, low + 255, { length, seed }));
}

/** Multipliers at both ends, 0 among them, and shifts from 30 to the left to 31 to the right. */
export function scales(length: number, seed: number): readonly [multiplier: Int32Array, left: Int32Array, right: Int32Array] {
  const multiplier = whole(2 ** 30, 2 ** 31 - 1, { length, seed }).map((m, i) => [m, 0, 2 ** 31 - 1, 2 ** 30][(i + seed) % 4] as number);
  const shift = whole(-14, 3, { length, seed: seed + 1 }).map((s, i) => [s, s, s, -31, 30, 0][(i + seed) % 6] as number);
  return [multiplier, shift.map(s => Math.max(0, s)), shift.map(s => Math.max(0, -s))];
}

/** Ends of an output and where 0 lies. */
export const clips = [
  { outputZero: -128, low: -128, high: 127 },
  { outputZero: 3, low: 3, high: 100 },
  { outputZero: 200, low: 0, high: 255 },
];
