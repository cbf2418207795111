/** The parts of an IEEE 754 binary32 number. */
export interface Float32Parts {
  /** 0 or 1. */
  readonly sign: number;
  /** The 8 bits as they are stored, 0–255. */
  readonly exponent: number;
  /** The 23 bits as a fraction, 0 ≤ f < 1. */
  readonly fraction: number;
  readonly kind: 'zero' | 'subnormal' | 'normal' | 'infinity' | 'nan';
}

/**
 * Takes a number, rounded to float32, apart: (-1)^s · (1 + f) · 2^(e - 127); (-1)^s · f · 2^-126 where e = 0; an infinity for e = 255, f = 0, NaN for
 * other f.
 * @example
 * decodeFloat32(0.265625); // → { sign: 0, exponent: 125, fraction: 0.0625, kind: 'normal' }
 */
export function decodeFloat32(x: number): Float32Parts {
  const [bits] = new Uint32Array(new Float32Array([x]).buffer) as unknown as [number];
  const exponent = (bits >>> 23) & 0xff;
  const rest = bits & 0x7fffff;
  const kind = exponent === 255 ? (rest ? 'nan' : 'infinity') : exponent > 0 ? 'normal' : rest ? 'subnormal' : 'zero';
  return { sign: bits >>> 31, exponent, fraction: rest / 2 ** 23, kind };
}

/**
 * The number that the parts stand for.
 * @example
 * encodeFloat32({ sign: 1, exponent: 127, fraction: 0.5 }); // → -1.5
 */
export function encodeFloat32({ sign, exponent, fraction }: Omit<Float32Parts, 'kind'>): number {
  const factor = sign ? -1 : 1;
  if (exponent === 255) return fraction ? Number.NaN : factor * Number.POSITIVE_INFINITY;
  return factor * (exponent ? 1 + fraction : fraction) * 2 ** (Math.max(1, exponent) - 127);
}
