import type { Model, Parameter } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { type BitPoint, type BitTableOptions, bitTrials } from './bit-table.ts';

/** What is tried, and what an error of each parameter weighs. */
export interface WeightErrorOptions extends BitTableOptions {
  /** λ by parameter name, 0 where a name is missing or an estimate lies below 0; default 1 / ‖W‖², so that losses are shares of each weight. */
  readonly sensitivity?: Readonly<Record<string, number>>;
}

/**
 * A table without data: the loss of parameter i at b bits is λ_i ‖W_i - Q_b(W_i)‖², pruned weights aside. By itself it is relative, λ_i = 1 / ‖W_i‖²: plain
 * squared errors give small layers of large weights what large layers need. With the mean of the Hessian's diagonal (`hessianTraces`) for λ it is
 * HAWQ-V2's. Dong et al. 2020, equation 11.
 * @throws LabError `quantize/bits`, `quantize/parameter`, and as `quantizeValue`.
 * @example
 * const scheme = bits => ({ format: quantize.affineFormat({ bits }) });
 * const points = weightErrors(mlp({ hidden: [16], seed: 1 }), { bits: [2, 4, 8], scheme });
 * points.map(({ parameter, bits }) => `${parameter} ${bits}`).slice(2, 4); // → ['dense-1.kernel 8', 'dense-2.kernel 2']
 */
export function weightErrors(model: Model, options: WeightErrorOptions): readonly BitPoint[] {
  const { sensitivity } = options;
  return Array.from(bitTrials(model, options), ({ quantized, stored: _, ...row }) => {
    const [{ data }, { data: rounded }] = [model, quantized].map(({ parameters }) => realValue(parameters[row.parameter] as Parameter)) as [
      NDArray,
      NDArray,
    ];
    let [error, size] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      error += (data[i] - rounded[i]) ** 2;
      size += data[i] ** 2;
    }
    const weight = sensitivity ? Math.max(0, sensitivity[row.parameter] ?? 0) : 1 / size;
    return Object.freeze({ ...row, loss: error === 0 ? 0 : weight * error });
  });
}
