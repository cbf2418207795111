import type { Parameter } from '../../../model/model.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import { array } from '../../../tensor/array.ts';
import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { type Alphabet, decodeSymbols, tableBytes } from './code-table.ts';
import { broken, decodeHeader, type Header, headerBytes, indexAlphabet } from './weight-header.ts';

/** What the graph says of a weight. */
export interface LikeWeight {
  readonly shape: Shape;
  readonly trainable: boolean;
  /** Whether what is 0 gets a mask. */
  readonly masked: boolean;
}

/**
 * The weight that begins at a place, and where the next one does.
 * @throws LabError `quantize/code` for bytes that are none.
 */
export function decodeWeight(bytes: Uint8Array, at: number, like: LikeWeight): { parameter: Parameter; next: number } {
  if (bytes.length < at + headerBytes) throw broken('they end early');
  const header = decodeHeader(bytes.subarray(at));
  const alphabet: Alphabet = { alphabet: header.entries, bits: header.bits, coding: header.coding };
  const sizes = [
    4 * header.entries,
    header.shared ? tableBytes(alphabet) : 0,
    header.sparse ? tableBytes(indexAlphabet(header)) : 0,
    header.valueBytes,
    header.indexBytes,
  ];
  let next = at + headerBytes;
  const [entries, table, indexTable, values, indices] = sizes.map(size => {
    next += size;
    return bytes.slice(next - size, next);
  }) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const size = sizeOf(like.shape);
  if (next > bytes.length || header.stored > size || (!header.sparse && header.stored !== size))
    throw broken('they end early, or are of another shape');
  if (!header.shared && values.length !== 4 * header.stored) throw broken('numbers that are cut off');
  const stored = header.shared ? decodeSymbols({ table, bytes: values }, header.stored, alphabet) : new Float32Array(values.buffer);
  const book = new Float32Array(entries.buffer);
  if (header.shared && stored.some(code => code >= header.entries)) throw broken('an index that is none of the code book');
  const runs = header.sparse ? decodeSymbols({ table: indexTable, bytes: indices }, header.stored, indexAlphabet(header)) : undefined;
  const zero = header.shared ? Math.max(0, book.indexOf(0)) : 0;
  return { parameter: parameterOf({ header, book, codes: spread(stored, { runs, zero, size }), zero }, like), next };
}

/** Stored values at their places, zeros everywhere else. */
function spread(
  stored: ArrayLike<number>,
  { runs, zero, size }: { readonly runs?: ArrayLike<number>; readonly zero: number; readonly size: number },
): ArrayLike<number> {
  if (!runs) return stored;
  const all = new Float64Array(size).fill(zero);
  let at = -1;
  for (let i = 0; i < stored.length; i++) {
    at += runs[i] + 1;
    if (at >= size) throw broken('an index beyond the weight');
    all[at] = stored[i];
  }
  return all;
}

function parameterOf(
  {
    header,
    book,
    codes,
    zero,
  }: { readonly header: Header; readonly book: Float32Array; readonly codes: ArrayLike<number>; readonly zero: number },
  { shape, trainable, masked }: LikeWeight,
): Parameter {
  const pruned = masked && {
    mask: array(
      shape,
      Uint8Array.from(codes, code => (code === zero ? 0 : 1)),
      'uint8',
    ),
  };
  if (!header.shared) return Object.freeze({ value: array(shape, Float32Array.from(codes)), trainable, ...pruned });
  const { bits } = header;
  const value = bits <= 8 ? array(shape, Uint8Array.from(codes), 'uint8') : array(shape, Int32Array.from(codes), 'int32');
  const own = pruned && book[zero] === 0 && pruned;
  return Object.freeze({ value, trainable, ...own, quantization: codebook({ shape, bits, entries: array([book.length], book) }) });
}
