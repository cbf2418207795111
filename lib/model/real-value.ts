import { array, type NDArray } from '../tensor/array.ts';
import { elementsOf } from '../tensor/pack.ts';
import type { Parameter } from './model.ts';
import { dequantize } from './quantization/dequantize.ts';

const cache = new WeakMap<Parameter, NDArray>();

/**
 * The real numbers that a parameter stands for, float32: its value as it is, or what its quantization makes of it, with masked weights 0.
 * Computed once for a parameter.
 */
export function realValue(parameter: Parameter): NDArray {
  const { value, mask, quantization } = parameter;
  if (!quantization && !mask && value.dtype === 'float32') return value;
  const known = cache.get(parameter);
  if (known) return known;
  const real = quantization ? dequantize(value, quantization) : array(value.shape, Float32Array.from(elementsOf(value)));
  if (mask) for (let i = 0; i < real.data.length; i++) if (mask.data[i] === 0) real.data[i] = 0;
  cache.set(parameter, real);
  return real;
}
