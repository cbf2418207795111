import { affineRows } from '../../../model/quantization/affine-rows.ts';
import { scalesOf } from '../../../model/quantization/dequantize.ts';
import type { Affine } from '../../../model/quantization/quantization.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { channelRuns } from '../../../tensor/channel-runs.ts';
import { fakeQuantizeInto } from '../../../tensor/native-quantize.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { tileMap } from '../../../tensor/tiles.ts';
import type { Codes, Target } from './rounding.ts';

/** What real numbers are rounded to, integers of a grid. */
export type AffineTarget = Target & { readonly quantization: Affine };

/** Adding and subtracting it rounds a double below 2^51 to a whole number, halves to even. */
const shift = 1.5 * 2 ** 52;

/**
 * q = clip(round(r / S) + Z, low, high), halves to even, quotients in double precision; NaN becomes 0, an infinity an end. In C++ where that is built, else
 * in TypeScript, to the same integers.
 */
export function affineCodes(value: NDArray, target: AffineTarget): Codes {
  const { shape, data } = value;
  const { quantization, low, high } = target;
  const codes = emptyCodes(data.length, target);
  const grid = gridOf(shape, target);
  if (!(codes instanceof Int32Array) && fakeQuantizeInto({ codes }, data, grid)) return codes;
  affineRows(grid, tileMap(shape, quantization.tile), (first, scales, zeroPoints) => {
    for (let c = 0, i = first; c < scales.length; c++, i++) {
      const q = (data[i] as number) / (scales[c] as number) + shift - shift + (zeroPoints[c] as number);
      codes[i] = q < low ? low : q > high ? high : q;
    }
  });
  return codes;
}

/** The real numbers of these codes, in one pass in C++; undefined where nothing is built, or tiles lie as it does not know them. */
export function affineReals(value: NDArray, target: AffineTarget): Float32Array | undefined {
  const reals = new Float32Array(value.data.length);
  return fakeQuantizeInto({ reals }, value.data, gridOf(value.shape, target)) ? reals : undefined;
}

function gridOf(shape: Shape, { quantization, low, high }: AffineTarget): Parameters<typeof fakeQuantizeInto>[2] {
  const scale = scalesOf(quantization.scale);
  const zeroPoint = quantization.zeroPoint?.data ?? new Int32Array(scale.length);
  return { scale, zeroPoint, low, high, runs: channelRuns(shape, quantization.tile) };
}

/** A narrow array of 10 M codes is written in half the time of a wide one. */
function emptyCodes(length: number, { low, high }: Pick<Target, 'low' | 'high'>): Codes {
  if (low >= -128 && high <= 127) return new Int8Array(length);
  return low >= 0 && high <= 255 ? new Uint8Array(length) : new Int32Array(length);
}
