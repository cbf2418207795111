import type { NDArray, TypedArray } from './array.ts';
import { LabError } from './errors.ts';
import { sizeOf } from './shape.ts';

/** Integers of `bits` bits each (1–8), one after the other, lowest bits first, across the borders of bytes. */
export interface Packing {
  readonly bits: number;
  /** Two's complement, -2^(bits-1) … 2^(bits-1) - 1; default false: 0 … 2^bits - 1. */
  readonly signed?: boolean;
}

function assertPacking({ bits }: Packing): void {
  if (Number.isInteger(bits) && bits >= 1 && bits <= 8) return;
  throw new LabError('pack/bits', `Packed integers take 1 to 8 bits each; got ${bits}.`, 'Wider ones fit a typed array as they are.');
}

/**
 * Packs integers into ⌈length · bits / 8⌉ bytes; bits left over in the last one are 0.
 * @throws LabError `pack/bits`, `pack/range` for a value that is no integer of so many bits.
 */
export function pack(values: ArrayLike<number>, packing: Packing): Uint8Array {
  assertPacking(packing);
  const { bits, signed = false } = packing;
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const mask = 2 ** bits - 1;
  const high = low + mask;
  const bytes = new Uint8Array(Math.ceil((values.length * bits) / 8));
  for (let i = 0, byte = 0, shift = 0; i < values.length; i++) {
    const value = values[i] as number;
    if ((value | 0) !== value || value < low || value > high)
      throw new LabError(
        'pack/range',
        `${signed ? 'Signed' : 'Unsigned'} integers of ${bits} bits lie between ${low} and ${high}; value ${i} is ${value}.`,
        'Round and clamp the values first, or take more bits.',
      );
    const word = (value & mask) << shift;
    bytes[byte] = (bytes[byte] as number) | word;
    if (word > 255) bytes[byte + 1] = word >> 8;
    shift += bits;
    byte += shift >> 3;
    shift &= 7;
  }
  return bytes;
}

/**
 * The first `length` integers that `pack` packed: int8 when signed, else uint8.
 * @throws LabError `pack/bits`, `pack/length` unless the bytes are as many as so many integers take.
 */
export function unpack(bytes: ArrayLike<number>, packing: Packing & { readonly length: number }): Int8Array | Uint8Array {
  assertPacking(packing);
  const { bits, signed = false, length } = packing;
  if (bytes.length !== Math.ceil((length * bits) / 8))
    throw new LabError('pack/length', `${length} integers of ${bits} bits are not packed in ${bytes.length} bytes.`, 'Check the length.');
  const values = signed ? new Int8Array(length) : new Uint8Array(length);
  const unused = 32 - bits;
  for (let i = 0, byte = 0, shift = 0; i < length; i++) {
    const word = (shift + bits > 8 ? (bytes[byte] as number) | ((bytes[byte + 1] as number) << 8) : (bytes[byte] as number)) >> shift;
    // the shift up and down again leaves the lowest bits, with the sign of the highest of them; a Uint8Array is written modulo 256
    values[i] = signed ? (word << unused) >> unused : (word << unused) >>> unused;
    shift += bits;
    byte += shift >> 3;
    shift &= 7;
  }
  return values;
}

/** The i-th integer among unsigned packed ones, of which there are less than 2^32 bits. */
export function unpackAt(bytes: ArrayLike<number>, bits: number, i: number): number {
  const byte = (i * bits) >>> 3;
  const shift = (i * bits) & 7;
  const word = shift + bits > 8 ? (bytes[byte] as number) | ((bytes[byte + 1] as number) << 8) : (bytes[byte] as number);
  return (word >> shift) & ((1 << bits) - 1);
}

/** How an int4 array holds its values: two a byte, the first in the low four bits. */
export const int4: Packing = Object.freeze({ bits: 4, signed: true });

/** The elements of an array one by one: its data, or what int4 packs. */
export function elementsOf({ shape, dtype, data }: NDArray): TypedArray {
  return dtype === 'int4' ? unpack(data, { ...int4, length: sizeOf(shape) }) : data;
}
