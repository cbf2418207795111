import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import type { Parameter, Quantization } from './model.ts';

const cache = new WeakMap<Parameter, NDArray>();

/**
 * The real numbers that a parameter stands for, float32: its value as it is, or scale · (stored - zero point), or codebook[stored], with
 * masked weights 0. Computed once for a parameter.
 */
export function realValue(parameter: Parameter): NDArray {
  const { value, mask, quantization } = parameter;
  if (!quantization && !mask && value.dtype === 'float32') return value;
  const known = cache.get(parameter);
  if (known) return known;
  const stored = storedIntegers(value);
  const real = quantization ? dequantize(stored, value.shape, quantization) : Float32Array.from(stored);
  if (mask) for (let i = 0; i < real.length; i++) if (mask.data[i] === 0) real[i] = 0;
  const result = array(value.shape, real);
  cache.set(parameter, result);
  return result;
}

/** Stored values one by one: unpacks int4, which holds two a byte, the first in the low four bits, in two's complement. */
export function storedIntegers(value: NDArray): ArrayLike<number> {
  if (value.dtype !== 'int4') return value.data;
  const { data } = value;
  return Int8Array.from({ length: sizeOf(value.shape) }, (_, i) => {
    const half = i % 2 === 0 ? (data[i >> 1] as number) & 15 : (data[i >> 1] as number) >> 4;
    return half < 8 ? half : half - 16;
  });
}

function dequantize(stored: ArrayLike<number>, shape: Shape, quantization: Quantization): Float32Array {
  const { scale, zeroPoint, codebook } = quantization;
  const groupOf = groups(shape, quantization);
  const real = new Float32Array(stored.length);
  const entries = 2 ** quantization.bits;
  for (let i = 0; i < real.length; i++) {
    const group = groupOf(i);
    // unsigned index: a codebook of 16 entries may be stored as int4
    const index = (((stored[i] as number) % entries) + entries) % entries;
    real[i] = codebook
      ? (codebook.data[group * entries + index] ?? Number.NaN)
      : (scale.data[group] as number) * ((stored[i] as number) - (zeroPoint.data[group] as number));
  }
  return real;
}

/** Which scale (or codebook) the i-th value uses: one for all, one for each index of an axis, or one for each `group` indices of it. */
function groups(shape: Shape, { granularity, scale }: Quantization): (i: number) => number {
  const { axis, group } = granularity;
  if (axis === undefined) return () => 0;
  const length = shape[axis];
  if (length === undefined) throw new LabError('model/granularity', `Axis ${axis} is no axis of [${shape}].`, 'Use an axis of the value.');
  const inner = sizeOf(shape.slice(axis + 1));
  if (group === undefined) return i => Math.floor(i / inner) % length;
  const perRow = Math.ceil(length / group);
  if (sizeOf(scale.shape) !== (sizeOf(shape) / length) * perRow)
    throw new LabError('model/granularity', `Groups of ${group} along axis ${axis} need ${(sizeOf(shape) / length) * perRow} scales.`, '');
  // the axis that is split becomes the one of its groups, the others stay: row-major over that shape
  return i => {
    const at = Math.floor(i / inner);
    return (Math.floor(at / length) * perRow + Math.floor((at % length) / group)) * inner + (i % inner);
  };
}
