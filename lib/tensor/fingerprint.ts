import { crc32 } from 'node:zlib';
import type { NDArray } from './array.ts';

/**
 * What arrays hold, as a number of 32 bits (CRC-32): one that differs tells that somebody wrote into them, since whoever holds an array may.
 * Reads every byte, at some 6 GB/s: 0.3 ms for half a million float32 weights, and so little beside one forward pass through them.
 */
export const fingerprint = (...arrays: readonly NDArray[]): number =>
  arrays.reduce((sum, { data }) => crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), sum), 0);
