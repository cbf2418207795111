import { pack, unpack } from '../../../tensor/pack.ts';
import { huffmanDecode, huffmanEncode } from './bits.ts';
import { canonicalCode, countsOf, type HuffmanCode, huffmanCode, noCode } from './huffman.ts';

/** Symbols in bits: of one width each, or in Huffman's code, of which the lengths are stored. */
export type Coding = 'fixed' | 'huffman';

/** Bits of a stored length; 63 stands for a symbol that does not occur. */
const lengthBits = 6;
const absent = 2 ** lengthBits - 1;

/** Symbols as bytes, and the table that reading them asks for. */
export interface Coded {
  readonly table: Uint8Array;
  readonly bytes: Uint8Array;
}

/** What a table is of: symbols below `alphabet`, `bits` wide where all are of one width. */
export interface Alphabet {
  readonly alphabet: number;
  readonly bits: number;
  readonly coding: Coding;
}

/** Bytes of the table. */
export function tableBytes({ alphabet, coding }: Alphabet): number {
  return coding === 'huffman' ? Math.ceil((alphabet * lengthBits) / 8) : 0;
}

/** Symbols in bits. */
export function encodeSymbols(symbols: Int32Array, { alphabet, bits, coding }: Alphabet): Coded {
  if (coding === 'fixed') return { table: new Uint8Array(0), bytes: huffmanEncode(symbols, fixedCode(bits)) };
  const counts = new Int32Array(alphabet);
  counts.set(countsOf(symbols));
  const code = huffmanCode(counts);
  const table = pack(
    code.lengths.map(length => (length === noCode ? absent : length)),
    { bits: lengthBits },
  );
  return { table, bytes: huffmanEncode(symbols, code) };
}

/**
 * The symbols again.
 * @throws LabError `quantize/code` for bytes that are none of `encodeSymbols`.
 */
export function decodeSymbols({ table, bytes }: Coded, count: number, { alphabet, bits, coding }: Alphabet): Int32Array {
  if (coding === 'fixed') return huffmanDecode(bytes, fixedCode(bits), count);
  const lengths = Uint8Array.from(unpack(table, { bits: lengthBits, length: alphabet }), length => (length === absent ? noCode : length));
  return huffmanDecode(bytes, canonicalCode(lengths), count);
}

/** Every symbol as itself, `bits` wide, which is a prefix code too. */
const fixedCode = (bits: number): HuffmanCode => canonicalCode(new Uint8Array(2 ** bits).fill(bits));
