import { predict } from '../../../model/forward.ts';
import type { Model } from '../../../model/model.ts';
import type { Evaluate } from '../../../search/objective.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';

/**
 * A score that needs no labels: -KL(p ‖ q), the mean over these inputs, where p are the class probabilities of `reference` and q those of the model
 * that is scored; 0 for the reference itself. In double precision from the logits. Cai et al. 2020 (ZeroQ), equation 6.
 * @throws LabError `quantize/scores` for outputs that are not [n, classes].
 */
export function outputDivergence(reference: Model, inputs: NDArray): Evaluate {
  const expected = logProbabilities(reference, inputs);
  return model => {
    const { classes, values } = logProbabilities(model, inputs);
    let sum = 0;
    for (let i = 0; i < values.length; i++) {
      const p = Math.exp(expected.values[i]);
      if (p > 0) sum += p * (expected.values[i] - values[i]);
    }
    return sum === 0 ? 0 : (-sum * classes) / values.length;
  };
}

/**
 * A score of labelled examples: the mean log-probability of the right class, that is the cross-entropy, negated.
 * @throws LabError `quantize/scores` for outputs that are not [n, classes].
 */
export function crossEntropyScore({ inputs, targets }: { readonly inputs: NDArray; readonly targets: NDArray }): Evaluate {
  return model => {
    const { classes, values } = logProbabilities(model, inputs);
    let sum = 0;
    for (let i = 0; i < targets.data.length; i++) sum += values[i * classes + targets.data[i]];
    return sum / targets.data.length;
  };
}

/** log softmax of the outputs [n, classes], one row after the other. */
function logProbabilities(model: Model, inputs: NDArray): { readonly classes: number; readonly values: Float64Array } {
  const { shape, data } = predict(model, inputs);
  const [count, classes] = shape;
  if (shape.length !== 2 || classes === 0)
    throw new LabError('quantize/scores', `Model ${model.name} gives outputs [${shape.join(', ')}].`, 'A classifier gives [n, classes].');
  const values = Float64Array.from(data);
  for (let n = 0; n < count; n++) {
    const row = values.subarray(n * classes, (n + 1) * classes);
    let top = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) top = Math.max(top, row[c]);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(row[c] - top);
    const shift = top + Math.log(sum);
    for (let c = 0; c < classes; c++) row[c] -= shift;
  }
  return { classes, values };
}
