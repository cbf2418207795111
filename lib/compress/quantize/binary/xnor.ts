import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';

/** The signs of the rows of a matrix, 32 in a word, each row from a new word on: bit 1 = +1, bit 0 = -1. Bits left over are 0. */
export interface SignRows {
  readonly rows: number;
  readonly columns: number;
  readonly words: Int32Array;
}

/** Number of bits that are 1 in a word of 32, without a loop: neighbours, pairs of them and nibbles are added up side by side. */
export function popcount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * The signs of a matrix [rows, columns], or of a list, which is one row; sign(0) = +1.
 * @throws LabError `quantize/sign` for NaN, `shape/rank` for another rank.
 */
export function packSigns({ shape, data }: NDArray): SignRows {
  const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
  if (shape.length < 1 || shape.length > 2)
    throw new LabError('shape/rank', `Signs are packed of a list or a matrix; got shape [${shape}].`, 'Reshape it.');
  const stride = Math.ceil(columns / 32);
  const words = new Int32Array(rows * stride);
  for (let i = 0, r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++, i++) {
      const x = data[i];
      if (x >= 0) words[r * stride + (c >> 5)] |= 1 << (c & 31);
      else if (!(x < 0)) throw new LabError('quantize/sign', `Value ${i} is ${x}; it has no sign.`, 'Did training diverge?');
    }
  return { rows, columns, words };
}

/**
 * The product of ±1 matrices, A [m, n] times the transpose of B [p, n], by words of 32: a sum of n products ±1 is 2 popcount(a xnor b) - n, where bits left
 * over count as equal and are taken off again. int32 [m, p]. Rastegari et al. 2016, section 3.2.
 * @throws LabError `shape/mismatch` when rows differ in length.
 * @example
 * const w = packSigns(array([4], [1, -1, 1, -1]));
 * const x = packSigns(array([4], [1, 1, -1, 1]));
 * xnorProduct(w, x).data; // → new Int32Array([-2])
 */
export function xnorProduct(a: SignRows, b: SignRows): NDArray {
  if (a.columns !== b.columns)
    throw new LabError(
      'shape/mismatch',
      `The rows of A have ${a.columns} signs, those of B ${b.columns}.`,
      'B holds the columns of the right matrix as its rows.',
    );
  const stride = Math.ceil(a.columns / 32);
  const over = 32 * stride - a.columns;
  const product = new Int32Array(a.rows * b.rows);
  for (let i = 0, at = 0; i < a.rows; i++)
    for (let j = 0; j < b.rows; j++) {
      let equal = 0;
      for (let k = 0; k < stride; k++) equal += popcount(~(a.words[i * stride + k] ^ b.words[j * stride + k]));
      product[at++] = 2 * (equal - over) - a.columns;
    }
  return array([a.rows, b.rows], product, 'int32');
}
