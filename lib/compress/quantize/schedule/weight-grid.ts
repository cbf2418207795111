import { affineRows } from '../../../model/quantization/affine-rows.ts';
import { dequantize, scalesOf } from '../../../model/quantization/dequantize.ts';
import type { Affine } from '../../../model/quantization/quantization.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { roundHalfEven } from '../../../tensor/round.ts';
import type { tf } from '../../../tensor/tf.ts';
import { tileMap } from '../../../tensor/tiles.ts';
import { download, upload } from '../../../tensor/upload.ts';
import { type QuantizedValue, quantizeValue, type Scheme, storedCodes } from '../quantize-weights.ts';
import { nearest } from '../rounding/nearest.ts';
import { straightThrough } from './straight-through.ts';

/** How one weight is quantized along a training run. */
export type Quantizer = (value: NDArray, where: string) => QuantizedValue;

/** By a scheme: with ranges of the value that comes, or with those of a first value. */
export function quantizerOf(scheme: Scheme, first?: { readonly value: NDArray; readonly where: string }): Quantizer {
  if (!first) return (value, where) => quantizeValue(value, scheme, where);
  const { quantization } = quantizeValue(first.value, scheme, first.where);
  const { format, rounding = nearest() } = scheme;
  return value => ({
    value: storedCodes(
      value.shape,
      rounding.codes(value, { quantization, low: format.low, high: format.high, encode: format.encode }),
      format,
    ),
    quantization,
  });
}

/**
 * The weight as its integers stand for it. Straight-through: the gradient is the upstream one where the weight rounds to a number
 * of the grid, and 0 where it is clipped; code books clip nothing.
 */
export function throughGrid(
  weight: tf.Tensor,
  grid: { readonly scheme: Scheme; readonly quantizer: Quantizer; readonly where: string },
): tf.Tensor {
  const value = download(weight);
  const stored = grid.quantizer(value, grid.where);
  const { quantization } = stored;
  const { low, high } = grid.scheme.format;
  const inside = quantization.kind === 'affine' ? insideOf(value, { quantization, low, high }) : undefined;
  return straightThrough(weight, () => upload(dequantize(stored.value, quantization)), inside && (() => upload(inside)));
}

/** 1 where a value is not clipped, else 0; nothing when none is. */
function insideOf(
  { shape, data }: NDArray,
  { quantization, low, high }: { quantization: Affine; low: number; high: number },
): NDArray | undefined {
  const grids = { scale: scalesOf(quantization.scale), zeroPoint: quantization.zeroPoint?.data };
  let inside: Float32Array | undefined;
  affineRows(grids, tileMap(shape, quantization.tile), (begin, scales, zeroPoints) => {
    for (let c = 0, i = begin; c < scales.length; c++, i++) {
      const first = low - zeroPoints[c];
      const last = high - zeroPoints[c];
      const q = data[i] / scales[c];
      // between the ends, or a half that rounds to one of them
      if ((q > first - 0.5 && q < last + 0.5) || (roundHalfEven(q) >= first && roundHalfEven(q) <= last)) continue;
      inside ??= new Float32Array(data.length).fill(1);
      inside[i] = 0;
    }
  });
  return inside && array(shape, inside);
}
