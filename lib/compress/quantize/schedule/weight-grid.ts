import { affineRows } from '../../../model/quantization/affine-rows.ts';
import { scalesOf } from '../../../model/quantization/dequantize.ts';
import type { Affine } from '../../../model/quantization/quantization.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { roundHalfEven } from '../../../tensor/round.ts';
import type { tf } from '../../../tensor/tf.ts';
import { tileMap } from '../../../tensor/tiles.ts';
import { download, upload } from '../../../tensor/upload.ts';
import { fakeQuantizeTo, type QuantizedValue, quantizeTo, type Scheme, targetOf } from '../quantize-weights.ts';
import type { Target } from '../rounding/rounding.ts';
import { straightThrough } from './straight-through.ts';

/** What one weight is rounded to along a training run. */
export type GridOf = (value: NDArray, where: string) => Target;

/** By a scheme: with ranges of the value that comes, or with those of a first value. */
export function gridOf(scheme: Scheme, first?: { readonly value: NDArray; readonly where: string }): GridOf {
  if (!first) return (value, where) => targetOf(value, scheme, where);
  const target = targetOf(first.value, scheme, first.where);
  return () => target;
}

/** The scheme of a weight, what it is rounded to, and its name in messages. */
interface WeightGrid {
  readonly scheme: Scheme;
  readonly gridOf: GridOf;
  readonly where: string;
}

/** The integers of a weight. */
export function storedByGrid(value: NDArray, { scheme, gridOf, where }: WeightGrid): QuantizedValue {
  return quantizeTo(value, { ...scheme, target: gridOf(value, where) }, where);
}

/**
 * The weight as its integers stand for it. Straight-through: the gradient is the upstream one where the weight rounds to a number
 * of the grid, and 0 where it is clipped; code books clip nothing.
 */
export function throughGrid(weight: tf.Tensor, { scheme, gridOf, where }: WeightGrid): tf.Tensor {
  const value = download(weight);
  const target = gridOf(value, where);
  const { quantization, low, high } = target;
  const real = fakeQuantizeTo(value, { ...scheme, target }, where);
  const inside = quantization.kind === 'affine' ? insideOf(value, { quantization, low, high }) : undefined;
  return straightThrough(weight, () => upload(real), inside && (() => upload(inside)));
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
