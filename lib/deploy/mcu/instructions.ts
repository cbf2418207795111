import { LabError } from '../../tensor/errors.ts';

// Instructions of Arm's DSP extension (Cortex-M4, M7, M33, M55), bit for bit, on registers as whole numbers from -2^31 to 2^31 - 1. Arm v7-M Architecture Reference
// Manual, A7.7.

const low = (x: number): number => (x << 16) >> 16;
const high = (x: number): number => x >> 16;
const pair = (bottom: number, top: number): number => (top << 16) | (bottom & 0xffff);

function refuse(message: string): never {
  throw new LabError('mcu/instruction', message, 'The instruction has no encoding for it.');
}

/**
 * `SMLAD`: two products of 16 bits and both sums in one cycle: acc + a[15:0] · b[15:0] + a[31:16] · b[31:16]. The sum wraps; -32768 · -32768 twice passes 2^31 - 1.
 * @example
 * deploy.smlad((3 << 16) | 2, (5 << 16) | 7, 1); // → 30
 */
export function smlad(a: number, b: number, acc: number): number {
  // products of 16 bits, and the sum of two and a register, are exact in double precision
  return (low(a) * low(b) + high(a) * high(b) + acc) | 0;
}

/**
 * `SMLALD`: the same with a sum of 64 bits, which takes two registers.
 * @example
 * deploy.smlald((3 << 16) | 2, (5 << 16) | 7, 2n ** 40n); // → 2n ** 40n + 29n
 */
export function smlald(a: number, b: number, acc: bigint): bigint {
  return BigInt.asIntN(64, acc + BigInt(low(a) * low(b) + high(a) * high(b)));
}

/**
 * `SXTB16`: bytes 0 and 2 of a register, rotated to the right first by 0, 8, 16 or 24 bits, as two signed numbers of 16 bits.
 * @throws LabError `mcu/instruction` for another rotation.
 * @example
 * deploy.sxtb16(0x04fe0281); // → (-2 << 16) | (-127 & 0xffff)
 */
export function sxtb16(x: number, rotation = 0): number {
  if (![0, 8, 16, 24].includes(rotation)) refuse(`SXTB16 rotates by 0, 8, 16 or 24 bits; got ${rotation}.`);
  const turned = ror(x, rotation);
  return pair((turned << 24) >> 24, (turned << 8) >> 24);
}

/**
 * `ROR`: a register rotated to the right by 0 to 31 bits.
 * @throws LabError `mcu/instruction` for other numbers of bits.
 * @example
 * deploy.ror(0x12345678, 8); // → 0x78123456
 */
export function ror(x: number, bits: number): number {
  if (!Number.isInteger(bits) || bits < 0 || bits > 31) refuse(`ROR rotates by 0 to 31 bits; got ${bits}.`);
  return (x >>> bits) | (x << (32 - bits));
}

/**
 * `PKHBT`: the lower half of a, and above it the upper half of b shifted to the left.
 * @throws LabError `mcu/instruction` for a shift that is not 0 to 31.
 * @example
 * deploy.pkhbt(0x11112222, 0x33334444, 16); // → 0x44442222
 */
export function pkhbt(a: number, b: number, shift = 0): number {
  if (!Number.isInteger(shift) || shift < 0 || shift > 31) refuse(`PKHBT shifts by 0 to 31 bits; got ${shift}.`);
  return pair(a, high(b << shift));
}

/**
 * `PKHTB`: the upper half of a, and below it the lower half of b shifted to the right with its sign.
 * @throws LabError `mcu/instruction` for a shift that is not 0 to 32.
 * @example
 * deploy.pkhtb(0x11112222, 0x33334444, 16); // → 0x11113333
 */
export function pkhtb(a: number, b: number, shift = 0): number {
  if (!Number.isInteger(shift) || shift < 0 || shift > 32) refuse(`PKHTB shifts by 0 to 32 bits; got ${shift}.`);
  return pair(b >> Math.min(shift, 31), high(a));
}

/**
 * `SSAT`: the nearest signed number of so many bits.
 * @throws LabError `mcu/instruction` for a number of bits that is not 1 to 32.
 * @example
 * [deploy.ssat(200, 8), deploy.ssat(-200, 8)]; // → [127, -128]
 */
export function ssat(x: number, bits: number): number {
  if (!Number.isInteger(bits) || bits < 1 || bits > 32) refuse(`SSAT has 1 to 32 bits; got ${bits}.`);
  return Math.min(Math.max(x | 0, -(2 ** (bits - 1))), 2 ** (bits - 1) - 1);
}

/**
 * `QADD`: a + b, at the ends of 32 bits where it passes them.
 * @example
 * deploy.qadd(2 ** 31 - 1, 1); // → 2 ** 31 - 1
 */
export function qadd(a: number, b: number): number {
  return Math.min(Math.max((a | 0) + (b | 0), -(2 ** 31)), 2 ** 31 - 1);
}
