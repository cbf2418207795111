import type { Graph, Model, Parameter } from '../model/model.ts';
import { quantizationBits } from '../model/quantization/quantization.ts';
import { parameterSpecs } from '../model/shapes.ts';
import { bitLengthOf } from '../tensor/array.ts';
import { sizeOf } from '../tensor/shape.ts';

/**
 * Bits that a parameter takes in storage: values · bits (of its quantization, else of its dtype) plus scales, zero points and entries.
 * Dense storage: zeros take as much as any value, and the mask, which they imply, takes nothing.
 */
export function parameterBits({ value, quantization }: Parameter): number {
  return quantization ? quantizationBits(value, quantization) : bitLengthOf(value);
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
