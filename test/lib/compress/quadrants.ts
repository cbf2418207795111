import { mlp } from '../../../lib/model/mlp.ts';
import type { Model } from '../../../lib/model/model.ts';
import { array } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import type { Examples } from '../../../lib/train/examples.ts';

const inputs = normal(random(3), [400, 10]);

/** Classes by the quadrant that two hidden directions of ten inputs fall into: a task that small networks learn in a second. */
export const quadrants: Examples = {
  inputs,
  targets: array(
    [400],
    Int32Array.from({ length: 400 }, (_, n) => {
      const [a, b] = [0, 1].map(k => (inputs.data[10 * n + k] as number) + (inputs.data[10 * n + k + 2] as number));
      return 2 * Number((a as number) > 0) + Number((b as number) > 0);
    }),
    'int32',
  ),
};

/** A network for it. */
export const start = (seed: number): Model => mlp({ input: [10], hidden: [32], classes: 4, seed });
