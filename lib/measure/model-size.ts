import type { Graph, Model, Parameter } from '../model/model.ts';
import { parameterSpecs } from '../model/shapes.ts';
import { bitsOf, type NDArray } from '../tensor/array.ts';
import { sizeOf } from '../tensor/shape.ts';

const bitsIn = (a: NDArray): number => sizeOf(a.shape) * bitsOf(a.dtype);

/**
 * Bits that a parameter takes in storage: values · bits (of its quantization, else of its dtype) plus scales, zero points and codebook.
 * Dense storage: zeros take as much as any value, and the mask, which they imply, takes nothing.
 */
export function parameterBits({ value, quantization }: Parameter): number {
  if (!quantization) return bitsIn(value);
  const { bits, scale, zeroPoint, codebook } = quantization;
  const tables = codebook ? bitsIn(codebook) : bitsIn(scale) + bitsIn(zeroPoint);
  return sizeOf(value.shape) * bits + tables;
}

/**
 * Bytes that the parameters take in storage, running statistics included: Σ bits / 8. A graph without values, or a call with `bits`, counts
 * every parameter at that width (default 32), without scales.
 * @example
 * modelSize(mlp({ input: [4], hidden: [8], classes: 2 })); // → 4 * 58
 */
export function modelSize(graph: Graph | Model, options: { readonly bits?: number } = {}): number {
  if (options.bits === undefined && 'parameters' in graph)
    return Math.ceil(Object.values(graph.parameters).reduce((sum, parameter) => sum + parameterBits(parameter), 0) / 8);
  const count = Object.values(parameterSpecs(graph)).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return Math.ceil((count * (options.bits ?? 32)) / 8);
}
