import type { Codebook } from '../../../model/quantization/quantization.ts';
import { isArray, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { roundHalfEven } from '../../../tensor/round.ts';
import { tileMap } from '../../../tensor/tiles.ts';
import type { Rounding, Target } from './rounding.ts';

/**
 * The nearest number of the grid: q = clip(round(r / S) + Z, low, high), halves to even, quotients in double precision; in a code book the nearest
 * entry, the lower index of two that are equally near.
 */
export function nearest(): Rounding {
  return Object.freeze({
    name: 'nearest',
    codes: (value: NDArray, target: Target) =>
      target.quantization.kind === 'affine' ? affineCodes(value, target) : codebookCodes(value, target.quantization),
  });
}

function affineCodes({ shape, data }: NDArray, { quantization, low, high }: Target): Int32Array {
  if (quantization.kind !== 'affine' || !isArray(quantization.scale)) throw unsupported('scales of two levels');
  const { rows, columns } = tileMap(shape, quantization.tile);
  const scale = quantization.scale.data;
  const zeroPoint = quantization.zeroPoint?.data ?? new Int32Array(scale.length);
  const codes = new Int32Array(data.length);
  for (let r = 0, i = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++, i++) {
      const tile = (rows[r] as number) + (columns[c] as number);
      const q = roundHalfEven((data[i] as number) / (scale[tile] as number)) + (zeroPoint[tile] as number);
      codes[i] = q < low ? low : q > high ? high : q;
    }
  return codes;
}

function codebookCodes({ shape, data }: NDArray, { entries, scale, tile, vector }: Codebook): Int32Array {
  if (vector || entries.shape.length !== 1 || (scale && !isArray(scale))) throw unsupported('vectors, or entries of each tile');
  const { rows, columns } = tileMap(shape, tile);
  const sorted = [...entries.data.keys()].sort((a, b) => (entries.data[a] as number) - (entries.data[b] as number) || a - b);
  const numbers = Float64Array.from(sorted, index => entries.data[index] as number);
  const codes = new Int32Array(data.length);
  for (let r = 0, i = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++, i++) {
      const unit = scale ? (scale.data[(rows[r] as number) + (columns[c] as number)] as number) : 1;
      codes[i] = sorted[nearestAmong(numbers, (data[i] as number) / unit)] as number;
    }
  return codes;
}

/** Index of the number of an ascending list that is nearest to x, the lower one of two. */
function nearestAmong(numbers: Float64Array, x: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x <= ((numbers[middle] as number) + (numbers[middle + 1] as number)) / 2) high = middle;
    else low = middle + 1;
  }
  return low;
}

const unsupported = (what: string): LabError =>
  new LabError(
    'quantize/rounding',
    `Rounding to the nearest does not handle ${what}.`,
    'The technique that makes them finds their codes itself.',
  );
