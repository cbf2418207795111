import type { Parameter } from '../../../model/model.ts';
import { type Codebook, entriesShared } from '../../../model/quantization/quantization.ts';
import { realValue } from '../../../model/real-value.ts';
import { relativeIndex } from '../../../sparse/eie.ts';
import { LabError } from '../../../tensor/errors.ts';
import { joinedBytes } from '../../../tensor/joined-bytes.ts';
import { elementsOf } from '../../../tensor/pack.ts';
import { encodeSymbols } from './code-table.ts';
import { encodeHeader, indexAlphabet, type WeightCoding } from './weight-header.ts';

/** Bytes of a weight, by what they are for. */
export interface WeightParts {
  /** Kind, widths and numbers of what follows. */
  readonly header: Uint8Array;
  readonly codebook: Uint8Array;
  /** Lengths of the codes. */
  readonly tables: Uint8Array;
  /** Float32 numbers, or symbols of the code book. */
  readonly values: Uint8Array;
  /** Runs of zeros before the stored values. */
  readonly indices: Uint8Array;
}

const none = new Uint8Array(0);

/** A weight as bytes: sparse where it has a mask and that is shorter. */
export function encodeWeight(parameter: Parameter, how: WeightCoding): WeightParts {
  const dense = partsOf(parameter, { ...how, sparse: false });
  if (!parameter.mask?.data.some(kept => kept === 0)) return dense;
  const sparse = partsOf(parameter, { ...how, sparse: true });
  return bytesOfParts(sparse) < bytesOfParts(dense) ? sparse : dense;
}

/** All bytes of a weight. */
export function bytesOfParts(parts: WeightParts): number {
  return Object.values(parts).reduce((sum: number, part: Uint8Array) => sum + part.length, 0);
}

/** The code book of single numbers that all of a weight shares, if it has one. */
function sharedBook({ quantization }: Parameter): Codebook | undefined {
  const plain = quantization?.kind === 'codebook' && !quantization.vector && !quantization.scale && entriesShared(quantization);
  return plain ? quantization : undefined;
}

function partsOf(parameter: Parameter, how: WeightCoding & { readonly sparse: boolean }): WeightParts {
  const book = sharedBook(parameter);
  const { values, runs, zero } = stretch(parameter, book, how);
  const numbers = bytesOfNumbers(zero < 0 ? Float32Array.from(values) : none);
  const entries = book?.entries.data.length ?? 0;
  const symbols = book && encodeSymbols(Int32Array.from(values), { alphabet: entries, bits: book.bits, coding: how.coding });
  const index = how.sparse ? encodeSymbols(Int32Array.from(runs), indexAlphabet(how)) : { table: none, bytes: none };
  const bytes = symbols?.bytes ?? numbers;
  return {
    header: encodeHeader({
      ...how,
      shared: book !== undefined,
      bits: book?.bits ?? 0,
      entries,
      stored: values.length,
      valueBytes: bytes.length,
      indexBytes: index.bytes.length,
    }),
    codebook: book ? bytesOfNumbers(book.entries.data as Float32Array) : none,
    tables: joinedBytes([symbols?.table ?? none, index.table]),
    values: bytes,
    indices: index.bytes,
  };
}

/** Stored values, entries of the code book or numbers, and the zeros before each; `zero` is the entry that stands for 0, -1 for numbers. */
function stretch(
  parameter: Parameter,
  book: Codebook | undefined,
  { sparse, indexBits }: WeightCoding & { readonly sparse: boolean },
): { readonly values: ArrayLike<number>; readonly runs: ArrayLike<number>; readonly zero: number } {
  if (!book) {
    const { data } = realValue(parameter);
    return sparse ? { ...relativeIndex(data, { indexBits }), zero: -1 } : { values: data, runs: none, zero: -1 };
  }
  const { data: entries } = book.entries;
  const zero = Math.max(0, entries.indexOf(0));
  const { data: mask = [] } = parameter.mask ?? {};
  const codes = Int32Array.from(elementsOf(parameter.value), code => code & (2 ** book.bits - 1));
  // what is pruned must come back as 0, and without an entry that is 0 it cannot
  if (parameter.mask && entries[zero] !== 0 && mask.some(kept => kept === 0)) throw noZero();
  for (let i = 0; i < codes.length; i++) if (mask[i] === 0) codes[i] = zero;
  if (!sparse) return { values: codes, runs: none, zero };
  // 0 is what the index skips, so entries count from 1 while it looks
  const found = relativeIndex(
    codes.map(code => (code === zero ? 0 : code + 1)),
    { indexBits },
  );
  return { values: Int32Array.from(found.values, value => (value === 0 ? zero : value - 1)), runs: found.runs, zero };
}

const noZero = (): LabError =>
  new LabError(
    'quantize/mask',
    'The weight is pruned, and no entry of its code book is 0.',
    'Prune first, then kMeansQuantize: it keeps an entry for 0.',
  );

/** The bytes of float32 numbers, little-endian as every machine of ours is. */
function bytesOfNumbers(numbers: Float32Array | Uint8Array): Uint8Array {
  return new Uint8Array(numbers.slice().buffer);
}
