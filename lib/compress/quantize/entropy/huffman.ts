import { LabError } from '../../../tensor/errors.ts';

/** Symbols that do not occur have no code. */
export const noCode = 255;

/** A canonical prefix code: the lengths alone say all of it. Symbols are whole numbers from 0 on. */
export interface HuffmanCode {
  /** Bits of each symbol's code, 0 to 48; `noCode` for symbols that do not occur. */
  readonly lengths: Uint8Array;
  /** The codes, to be read from the highest of their bits on; 0 where there is none. */
  readonly codes: Float64Array;
}

/**
 * Huffman's code for symbols that occur so often: no prefix code takes fewer bits. Canonical: codes of a length follow each other in the order of the
 * symbols, and shorter ones come before. Of equal counts the lower symbol, and what was joined later, comes last to be joined, so that no code is
 * longer than it must be. A single symbol takes 0 bits, since how many there are is known; without symbols the code is empty. Huffman 1952.
 * @throws LabError `quantize/counts` for a count that is no whole number from 0, or 2^31 and more of all together.
 * @example
 * const { lengths, codes } = huffmanCode([4, 2, 1, 1]);
 * lengths; // → new Uint8Array([1, 2, 3, 3])
 * codes; // → new Float64Array([0b0, 0b10, 0b110, 0b111])
 */
export function huffmanCode(counts: ArrayLike<number>): HuffmanCode {
  assertCounts(counts);
  return canonicalCode(codeLengths(counts));
}

function assertCounts(counts: ArrayLike<number>): void {
  let total = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    const count = counts[symbol] as number;
    total += count;
    if (!(Number.isInteger(count) && count >= 0) || total >= 2 ** 31)
      throw new LabError(
        'quantize/counts',
        `Counts are whole numbers from 0, less than 2^31 together; that of symbol ${symbol} is ${count}.`,
        'countsOf(symbols) counts.',
      );
  }
}

/** How often each symbol occurs, as many counts as the largest symbol asks for. */
export function countsOf(symbols: ArrayLike<number>): Int32Array {
  let largest = -1;
  for (let i = 0; i < symbols.length; i++) largest = Math.max(largest, symbols[i] as number);
  const counts = new Int32Array(largest + 1);
  for (let i = 0; i < symbols.length; i++) counts[symbols[i] as number]++;
  return counts;
}

/** Joins the two rarest until one is left: leaves in ascending order, and joined ones, which come in ascending order by themselves. */
function codeLengths(counts: ArrayLike<number>): Uint8Array {
  const leaves = Int32Array.from({ length: counts.length }, (_, symbol) => symbol).filter(symbol => (counts[symbol] as number) > 0);
  leaves.sort((a, b) => (counts[a] as number) - (counts[b] as number) || b - a);
  const lengths = new Uint8Array(counts.length).fill(noCode);
  const n = leaves.length;
  const weights = new Float64Array(2 * n);
  const parents = new Int32Array(2 * n);
  for (let i = 0; i < n; i++) weights[i] = counts[leaves[i]] as number;
  for (let joined = n, leaf = 0, inner = n; joined < 2 * n - 1; joined++)
    for (let k = 0; k < 2; k++) {
      const next = leaf < n && (inner === joined || weights[leaf] <= weights[inner]) ? leaf++ : inner++;
      weights[joined] += weights[next];
      parents[next] = joined;
    }
  const depths = new Uint8Array(2 * n);
  for (let i = 2 * n - 3; i >= 0; i--) depths[i] = depths[parents[i]] + 1;
  for (let i = 0; i < n; i++) lengths[leaves[i]] = depths[i];
  return lengths;
}

/**
 * The canonical code of these lengths.
 * @throws LabError `quantize/code` unless the lengths are those of a complete prefix code: Σ 2^-length = 1.
 */
export function canonicalCode(lengths: Uint8Array): HuffmanCode {
  const used = [...lengths.keys()].filter(symbol => lengths[symbol] !== noCode);
  const sum = kraftSum(lengths);
  if (used.length > 0 && (sum !== 1 || used.some(symbol => lengths[symbol] > 48)))
    throw new LabError('quantize/code', `No prefix code has these lengths: Σ 2^-length is ${sum}, not 1.`, 'Are the lengths cut short?');
  const codes = new Float64Array(lengths.length);
  let [code, length] = [0, 0];
  for (const symbol of used.sort((a, b) => lengths[a] - lengths[b] || a - b)) {
    code *= 2 ** (lengths[symbol] - length);
    length = lengths[symbol];
    codes[symbol] = code++;
  }
  return Object.freeze({ lengths, codes });
}

/** Kraft's sum Σ 2^-length over the symbols that have a code: 1 for a complete one, 0 without symbols. */
export function kraftSum(lengths: Uint8Array): number {
  let sum = 0;
  for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] !== noCode) sum += 2 ** -lengths[symbol];
  return sum;
}

/** Bits that symbols which occur so often take together: Σ count · length. */
export function encodedBits({ lengths }: HuffmanCode, counts: ArrayLike<number>): number {
  let bits = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) if ((counts[symbol] as number) > 0) bits += counts[symbol] * lengths[symbol];
  return bits;
}

/**
 * Shannon's entropy in bits for each symbol: H = -Σ p log₂ p, p the share of a symbol; 0 without symbols. With Huffman's code the average length L is
 * H ≤ L < H + 1.
 * @example
 * entropy([4, 2, 1, 1]); // → 1.75
 */
export function entropy(counts: ArrayLike<number>): number {
  let total = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) total += counts[symbol] as number;
  let bits = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    const p = (counts[symbol] as number) / total;
    if (p > 0) bits -= p * Math.log2(p);
  }
  return bits;
}
