import { scalesOf } from '../../../model/quantization/dequantize.ts';
import type { Codebook } from '../../../model/quantization/quantization.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { type TileMap, tileMap } from '../../../tensor/tiles.ts';
import { affineCodes, affineReals } from './affine-codes.ts';
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
    reals: (value: NDArray, target: Target) =>
      target.quantization.kind === 'affine' ? affineReals(value, { ...target, quantization: target.quantization }) : undefined,
  });
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
