import { bytesOf } from '../../element-types.ts';
import type { Elements, ElementType, ProgramTensor } from '../../program.ts';

// Elements in a file: little endian, four-bit ones two a byte with the first in the lower half.

const views: Readonly<Record<Exclude<ElementType, 'int4'>, (bytes: ArrayBuffer) => Elements>> = {
  float32: bytes => new Float32Array(bytes),
  int8: bytes => new Int8Array(bytes),
  uint8: bytes => new Uint8Array(bytes),
  int16: bytes => new Int16Array(bytes),
  int32: bytes => new Int32Array(bytes),
  int64: bytes => new BigInt64Array(bytes),
  bool: bytes => new Uint8Array(bytes),
};

/** A copy of stored bytes as `length` elements of a type; `bytes` is as long as `bytesOf` says. */
export function unpacked(type: ElementType, bytes: Uint8Array, length: number): Elements {
  if (type !== 'int4') return views[type](new Uint8Array(bytes).buffer);
  const low = (byte: number): number => (byte << 28) >> 28;
  return Int8Array.from({ length }, (_, i) => low((bytes[i >> 1] as number) >> (i % 2 === 0 ? 0 : 4)));
}

/** The bytes of a constant as a file has them. */
export function packed({ type, shape, data }: ProgramTensor & { readonly data: Elements }): Uint8Array {
  if (type !== 'int4') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const bytes = new Uint8Array(bytesOf({ type, shape }));
  for (let i = 0; i < data.length; i++) bytes[i >> 1] = (bytes[i >> 1] as number) | ((Number(data[i]) & 15) << (i % 2 === 0 ? 0 : 4));
  return bytes;
}
