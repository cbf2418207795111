import { predict } from '../../../../lib/model/forward.ts';
import type { Model } from '../../../../lib/model/model.ts';
import type { NDArray } from '../../../../lib/tensor/array.ts';

/** Mean cross-entropy of a classifier on these examples, in double precision. */
export function lossOf(model: Model, { inputs, targets }: { inputs: NDArray; targets: NDArray }): number {
  const { data: z, shape } = predict(model, inputs);
  const classes = shape[1] as number;
  const losses = [...targets.data].map((label, n) => {
    const row = [...z.slice(n * classes, (n + 1) * classes)];
    const top = Math.max(...row);
    return top + Math.log(row.reduce((sum, v) => sum + Math.exp(v - top), 0)) - (row[label] as number);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
