import type { Model, Parameter } from '../model/model.ts';
import { realValue } from '../model/real-value.ts';

function zerosIn(parameter: Parameter): { zeros: number; count: number } {
  const { data } = realValue(parameter);
  let zeros = 0;
  for (let i = 0; i < data.length; i++) if (data[i] === 0) zeros++;
  return { zeros, count: data.length };
}

/** Weights are the trained parameters with two axes or more (kernels); biases and normalisation are none. */
const weightsOf = (model: Model): [string, Parameter][] =>
  Object.entries(model.parameters).filter(([, { trainable, value }]) => trainable && value.shape.length >= 2);

/** Share of zeros in each weight (kernel), 0 … 1, by parameter name. What counts is the value a weight stands for: quantized, masked. */
export function sparsityByParameter(model: Model): Readonly<Record<string, number>> {
  const shares = weightsOf(model).map(([name, parameter]) => {
    const { zeros, count } = zerosIn(parameter);
    return [name, count === 0 ? 0 : zeros / count] as const;
  });
  return Object.fromEntries(shares);
}

/**
 * Share of zeros among all weights (kernels; no biases, no normalisation), 0 … 1: 1 - density.
 * @example
 * const dense = mlp({ input: [4], hidden: [8], classes: 2, seed: 1 });
 * sparsity(dense); // → 0
 */
export function sparsity(model: Model): number {
  const all = weightsOf(model).map(([, parameter]) => zerosIn(parameter));
  const count = all.reduce((sum, part) => sum + part.count, 0);
  return count === 0 ? 0 : all.reduce((sum, part) => sum + part.zeros, 0) / count;
}
