import { scalesOf } from '../../../model/quantization/dequantize.ts';
import type { Affine, Codebook } from '../../../model/quantization/quantization.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { random } from '../../../tensor/random.ts';
import { tileMap } from '../../../tensor/tiles.ts';
import type { Rounding, Target } from './rounding.ts';

/**
 * One of the two numbers of the grid beside it, at random, the nearer one as much more often as it is nearer: P(up) = (r - below) / (above - below), so
 * that the mean over many roundings is r itself: q = clip(⌊r / S + u⌋ + Z, low, high), u uniform in [0, 1). Every call draws anew from the seed, so
 * equal values give equal codes. Gupta et al. 2015, section 3.
 */
export function stochastic({ seed }: { readonly seed: number }): Rounding {
  return Object.freeze({
    name: 'stochastic',
    clamps: true as const,
    codes: (value: NDArray, target: Target) =>
      target.quantization.kind === 'affine'
        ? affineCodes(value, { ...target, quantization: target.quantization }, seed)
        : codebookCodes(value, target.quantization, seed),
  });
}

function affineCodes(
  { shape, data }: NDArray,
  { quantization, low, high }: Target & { readonly quantization: Affine },
  seed: number,
): Int32Array {
  const { rows, columns } = tileMap(shape, quantization.tile);
  const scale = scalesOf(quantization.scale);
  const zeroPoint = quantization.zeroPoint?.data ?? new Int32Array(scale.length);
  const codes = new Int32Array(data.length);
  const rng = random(seed);
  for (let r = 0, i = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++, i++) {
      const tile = (rows[r] as number) + (columns[c] as number);
      const q = Math.floor((data[i] as number) / (scale[tile] as number) + rng.next()) + (zeroPoint[tile] as number);
      codes[i] = q < low ? low : q > high ? high : q;
    }
  return codes;
}

function codebookCodes({ shape, data }: NDArray, { entries, scale, tile, vector }: Codebook, seed: number): Int32Array {
  if (vector || entries.shape.length !== 1)
    throw new LabError(
      'quantize/rounding',
      'Rounding at random does not handle vectors, or entries of each tile.',
      'Their technique chooses codes itself.',
    );
  const { rows, columns } = tileMap(shape, tile);
  const units = scale && scalesOf(scale);
  const beside = besideOf(entries.data);
  const codes = new Int32Array(data.length);
  const rng = random(seed);
  for (let r = 0, i = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++, i++) {
      const unit = units ? (units[(rows[r] as number) + (columns[c] as number)] as number) : 1;
      codes[i] = beside((data[i] as number) / unit, rng.next());
    }
  return codes;
}

/** x and a draw → the code of the entry below or above x, the first or last beyond the ends. NaN and infinities among the entries are none. */
function besideOf(entries: ArrayLike<number>): (x: number, draw: number) => number {
  const codes = Array.from({ length: entries.length }, (_, code) => code)
    .filter(code => Number.isFinite(entries[code]))
    .sort((a, b) => (entries[a] as number) - (entries[b] as number) || a - b);
  const numbers = Float64Array.from(codes, code => entries[code] as number);
  return (x, draw) => {
    let [low, high] = [0, numbers.length - 1];
    if (x <= (numbers[low] as number)) return codes[low] as number;
    if (x >= (numbers[high] as number)) return codes[high] as number;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((numbers[middle] as number) <= x) low = middle;
      else high = middle;
    }
    const [below, above] = [numbers[low] as number, numbers[high] as number];
    return codes[x - below > draw * (above - below) ? high : low] as number;
  };
}
