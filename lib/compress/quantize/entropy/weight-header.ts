import { LabError } from '../../../tensor/errors.ts';
import type { Alphabet, Coding } from './code-table.ts';

/** How weights are written. */
export interface WeightCoding {
  readonly coding: Coding;
  /** Bits of a run of zeros, 1–8. */
  readonly indexBits: number;
}

/** What the header says, in five words of 32 bits. */
export interface Header extends WeightCoding {
  readonly shared: boolean;
  readonly sparse: boolean;
  readonly bits: number;
  /** Entries of the code book; 0 for float32 numbers. */
  readonly entries: number;
  /** Stored values. */
  readonly stored: number;
  readonly valueBytes: number;
  readonly indexBytes: number;
}

/** Bytes of a header. */
export const headerBytes = 20;

/** A header as bytes. */
export function encodeHeader({ coding, indexBits, shared, sparse, bits, entries, stored, valueBytes, indexBytes }: Header): Uint8Array {
  const flags = (shared ? 1 : 0) + (sparse ? 2 : 0) + (coding === 'huffman' ? 4 : 0);
  return new Uint8Array(Uint32Array.of(flags + 256 * bits + 65536 * indexBits, entries, stored, valueBytes, indexBytes).buffer);
}

/**
 * What a header says.
 * @throws LabError `quantize/code` for bytes that are none.
 */
export function decodeHeader(bytes: Uint8Array): Header {
  const [first = 0, entries = 0, stored = 0, valueBytes = 0, indexBytes = 0] = new Uint32Array(bytes.slice(0, headerBytes).buffer);
  const coding: Coding = first & 4 ? 'huffman' : 'fixed';
  const shared = (first & 1) !== 0;
  const sparse = (first & 2) !== 0;
  const [bits, indexBits] = [(first >> 8) & 255, (first >> 16) & 255];
  const fits = first < 2 ** 24 && (shared ? bits >= 1 && bits <= 16 && entries >= 1 && entries <= 2 ** bits : bits === 0 && entries === 0);
  if (!fits || indexBits < 1 || indexBits > 8) throw broken('a header that says nothing');
  return { coding, indexBits, shared, sparse, bits, entries, stored, valueBytes, indexBytes };
}

/** The error of bytes that no weight was written as. */
export const broken = (what: string): LabError =>
  new LabError('quantize/code', `These are no bytes of a compressed weight: ${what}.`, 'Read what compressWeights wrote, with its model.');

/** The symbols that runs of zeros are. */
export const indexAlphabet = ({ indexBits, coding }: WeightCoding): Alphabet => ({ alphabet: 2 ** indexBits, bits: indexBits, coding });
