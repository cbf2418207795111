import { roundHalfAway as round } from '../../tensor/round.ts';
import { clamped } from '../fixed-point.ts';

/**
 * A function on [low, high] with values in [-1, 1] as 513 numbers of 16 bits; each is moved by half of what interpolation errs in the middle of its
 * segment. TensorFlow Lite, `internal/common.h: gen_lut`.
 */
function table(fn: (x: number) => number, low: number, high: number): Int16Array {
  const step = (high - low) / 512;
  const at = (i: number): number => fn(low + i * step) * 32768;
  return Int16Array.from({ length: 513 }, (_, i) => {
    if (i === 512) return clamped(round(at(512)), -32768, 32767);
    const sample = round(at(i));
    const middle = round((at(i + 1) + sample) / 2);
    const bias = round((middle - round(fn(low + i * step + step / 2) * 32768)) / 2);
    return clamped(sample - bias, -32768, 32767);
  });
}

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** e^x on [-10, 0]. */
export const exponentialTable: () => Int16Array = once(() => table(Math.exp, -10, 0));

/** 1 / (1 + x) on [0, 1]. */
export const reciprocalTable: () => Int16Array = once(() => table(x => 1 / (1 + x), 0, 1));

/**
 * 65536 · σ(i / 24) for i from 0 to 255, σ(x) = 1 / (1 + e^-x), each moved by half of what interpolation errs in the middle of its segment; the last is as large
 * as can be. TensorFlow Lite, `internal/common.h: sigmoid_table_uint16`.
 */
export const sigmoidTable: () => Uint16Array = once(() => {
  const at = (i: number): number => 65536 / (1 + Math.exp(-i / 24));
  return Uint16Array.from({ length: 256 }, (_, i) => (i === 255 ? 65535 : Math.round(at(i) + (at(i + 0.5) - (at(i) + at(i + 1)) / 2) / 2)));
});

/** The value of a table at a number of 16 bits, whose upper 9 bits choose the segment. */
export function interpolated(entries: Int16Array, x: number): number {
  const segment = (x >> 7) + 256;
  const base = entries[segment] as number;
  return base + ((((entries[segment + 1] as number) - base) * (x & 127) + 64) >> 7);
}
