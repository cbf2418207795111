import { scalesOf } from '../../../model/quantization/dequantize.ts';
import type { Affine, Codebook } from '../../../model/quantization/quantization.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { type TileMap, tileMap } from '../../../tensor/tiles.ts';
import type { Codes, Rounding, Target } from './rounding.ts';

/**
 * The nearest number of the grid: q = clip(round(r / S) + Z, low, high), halves to even, quotients in double precision; in a code book the nearest
 * entry, the lower index of two that are equally near, or what the format says itself (floating point rounds halves to the even code).
 */
export function nearest(): Rounding {
  return Object.freeze({
    name: 'nearest',
    clamps: true as const,
    codes: (value: NDArray, target: Target) =>
      target.quantization.kind === 'affine'
        ? affineCodes(value, { ...target, quantization: target.quantization })
        : codebookCodes(value, { ...target, quantization: target.quantization }),
  });
}

/** Adding and subtracting it rounds a double below 2^51 to a whole number, halves to even. */
const shift = 1.5 * 2 ** 52;

function affineCodes({ shape, data }: NDArray, { quantization, low, high }: Target & { readonly quantization: Affine }): Codes {
  const { rows, columns } = tileMap(shape, quantization.tile);
  const scale = Float64Array.from(scalesOf(quantization.scale));
  const zero = Float64Array.from(quantization.zeroPoint?.data ?? new Float64Array(scale.length));
  // a narrow array of 10 M codes is written in half the time of a wide one
  const codes =
    low >= -128 && high <= 127
      ? new Int8Array(data.length)
      : low >= 0 && high <= 255
        ? new Uint8Array(data.length)
        : new Int32Array(data.length);
  const { length } = columns;
  const [units, zeros] = [new Float64Array(length), new Float64Array(length)];
  for (let r = 0, i = 0, known = -1; r < rows.length; r++) {
    const row = rows[r] as number;
    if (row !== known)
      for (let c = 0; c < length; c++) {
        units[c] = scale[row + (columns[c] as number)] as number;
        zeros[c] = zero[row + (columns[c] as number)] as number;
      }
    known = row;
    for (let c = 0; c < length; c++, i++) {
      const q = (data[i] as number) / (units[c] as number) + shift - shift + (zeros[c] as number);
      codes[i] = q < low ? low : q > high ? high : q;
    }
  }
  return codes;
}

function codebookCodes({ shape, data }: NDArray, target: Target & { readonly quantization: Codebook }): Int32Array {
  const { entries, scale, tile, vector } = target.quantization;
  if (vector || entries.shape.length !== 1)
    throw new LabError(
      'quantize/rounding',
      'Rounding to the nearest does not handle vectors, or entries of each tile.',
      'The technique that makes them finds their codes itself.',
    );
  const tiles: TileMap = tileMap(shape, tile);
  const units = scale && scalesOf(scale);
  return coded(data, { tiles, units, encode: target.encode ?? nearestEntry(entries.data) });
}

interface Coding {
  readonly tiles: TileMap;
  readonly units: ArrayLike<number> | undefined;
  readonly encode: (x: number) => number;
}

function coded(data: ArrayLike<number>, { tiles: { rows, columns }, units, encode }: Coding): Int32Array {
  const codes = new Int32Array(data.length);
  for (let r = 0, i = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++, i++) {
      const unit = units ? (units[(rows[r] as number) + (columns[c] as number)] as number) : 1;
      codes[i] = encode((data[i] as number) / unit);
    }
  return codes;
}

/** x → the index of the nearest number of a list, the lower one of two. */
function nearestEntry(entries: ArrayLike<number>): (x: number) => number {
  const order = Array.from({ length: entries.length }, (_, index) => index).sort(
    (a, b) => (entries[a] as number) - (entries[b] as number) || a - b,
  );
  // equal entries: the first of them alone
  const sorted = order.filter((index, at) => at === 0 || entries[index] !== entries[order[at - 1] as number]);
  const numbers = Float64Array.from(sorted, index => entries[index] as number);
  return x => {
    let [low, high] = [0, numbers.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const [below, above] = [x - (numbers[middle] as number), (numbers[middle + 1] as number) - x];
      if (below < above || (below === above && (sorted[middle] as number) < (sorted[middle + 1] as number))) high = middle;
      else low = middle + 1;
    }
    return sorted[low] as number;
  };
}
