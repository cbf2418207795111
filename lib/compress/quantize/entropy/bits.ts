import { LabError } from '../../../tensor/errors.ts';
import { countsOf, encodedBits, type HuffmanCode, noCode } from './huffman.ts';

/**
 * Symbols one after the other in a Huffman code, each from its highest bit on, bytes filled from their highest bit; what is left over in the last one
 * is 0.
 * @throws LabError `quantize/code` for a symbol that has no code.
 * @example
 * const code = huffmanCode([4, 2, 1, 1]);
 * huffmanEncode([0, 1, 0, 3], code); // → Uint8Array.of(0b01001110)
 */
export function huffmanEncode(symbols: ArrayLike<number>, code: HuffmanCode): Uint8Array {
  const { lengths, codes } = code;
  const counts = countsOf(symbols);
  const stray = counts.findIndex((count, symbol) => count > 0 && (lengths[symbol] ?? noCode) === noCode);
  if (stray >= 0) throw new LabError('quantize/code', `Symbol ${stray} has no code.`, 'Count the symbols that are encoded.');
  const bytes = new Uint8Array(Math.ceil(encodedBits(code, counts) / 8));
  const writer = { bytes, at: 0, held: 0, bits: 0 };
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] as number;
    const length = lengths[symbol];
    // 24 bits and the 7 that may be held fit a word
    if (length > 24) write(writer, Math.floor(codes[symbol] / 2 ** 24), length - 24);
    write(writer, codes[symbol] % 2 ** 24, Math.min(length, 24));
  }
  if (writer.bits > 0) bytes[writer.at] = writer.held << (8 - writer.bits);
  return bytes;
}

function write(writer: { readonly bytes: Uint8Array; at: number; held: number; bits: number }, value: number, length: number): void {
  writer.held = (writer.held << length) | value;
  writer.bits += length;
  while (writer.bits >= 8) {
    writer.bits -= 8;
    writer.bytes[writer.at++] = writer.held >>> writer.bits;
    writer.held &= (1 << writer.bits) - 1;
  }
}

/**
 * The first `length` symbols that `huffmanEncode` wrote.
 * @throws LabError `quantize/code` where the bytes end before, or the code is empty.
 * @example
 * const code = huffmanCode([4, 2, 1, 1]);
 * huffmanDecode(Uint8Array.of(0b01001110), code, 4); // → Int32Array.of(0, 1, 0, 3)
 */
export function huffmanDecode(bytes: Uint8Array, code: HuffmanCode, length: number): Int32Array {
  const symbols = new Int32Array(length);
  const { order, first, begin, ends, only } = tablesOf(code);
  if (only !== undefined) return symbols.fill(only);
  let bit = 0;
  for (let i = 0; i < length; i++) {
    let [word, size] = [0, 0];
    // codes of a length are neighbours, below those that are longer
    do {
      if (bit >= 8 * bytes.length || order.length === 0)
        throw new LabError(
          'quantize/code',
          `The bytes end after ${i} of ${length} symbols.`,
          'Is this the code that they were written in?',
        );
      word = 2 * word + (((bytes[bit >> 3] as number) >> (7 - (bit & 7))) & 1);
      bit++;
      size++;
    } while (word >= ends[size]);
    symbols[i] = order[begin[size] + word - first[size]];
  }
  return symbols;
}

/** Symbols in the order of their codes; for each length its first code, the place of that in the order, and the code after its last. */
function tablesOf({ lengths, codes }: HuffmanCode): {
  readonly order: Int32Array;
  readonly first: Float64Array;
  readonly begin: Int32Array;
  readonly ends: Float64Array;
  readonly only?: number;
} {
  const order = Int32Array.from(lengths.keys()).filter(symbol => lengths[symbol] !== noCode);
  order.sort((a, b) => lengths[a] - lengths[b] || codes[a] - codes[b]);
  const [first, begin, ends] = [new Float64Array(49), new Int32Array(49), new Float64Array(49)];
  for (const [place, symbol] of order.entries()) {
    const size = lengths[symbol];
    if (ends[size] === 0) {
      first[size] = codes[symbol];
      begin[size] = place;
    }
    ends[size] = codes[symbol] + 1;
  }
  return { order, first, begin, ends, ...(order.length === 1 && { only: order[0] }) };
}
