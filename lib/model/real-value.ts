import { array, isArray, type NDArray } from '../tensor/array.ts';
import { fingerprint } from '../tensor/fingerprint.ts';
import { elementsOf } from '../tensor/pack.ts';
import type { Parameter } from './model.ts';
import { dequantize } from './quantization/dequantize.ts';
import type { Stored } from './quantization/quantization.ts';

const cache = new WeakMap<Parameter, { readonly real: NDArray; readonly print: number }>();

/**
 * The real numbers that a parameter stands for, float32: its value as it is, or what its quantization makes of it, with masked weights 0.
 * Computed once for a parameter, and again after somebody wrote into one of its arrays.
 */
export function realValue(parameter: Parameter): NDArray {
  const { value, mask, quantization } = parameter;
  if (!quantization && !mask && value.dtype === 'float32') return value;
  const known = cache.get(parameter);
  const print = fingerprint(...arraysOf(parameter), ...(mask ? [mask] : []));
  if (known?.print === print) return known.real;
  const real = quantization ? dequantize(value, quantization) : array(value.shape, Float32Array.from(elementsOf(value)));
  if (mask) for (let i = 0; i < real.data.length; i++) if (mask.data[i] === 0) real.data[i] = 0;
  cache.set(parameter, { real, print });
  return real;
}

/** Every array that decides what stored integers stand for. */
function arraysOf({ value, quantization }: Stored): NDArray[] {
  if (!quantization) return [value];
  const { scale } = quantization;
  const more = quantization.kind === 'codebook' ? [quantization.entries] : quantization.zeroPoint ? [quantization.zeroPoint] : [];
  return [value, ...more, ...(scale === undefined ? [] : isArray(scale) ? [scale] : arraysOf(scale))];
}
