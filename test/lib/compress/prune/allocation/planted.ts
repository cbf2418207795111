import { predict } from '../../../../../lib/model/forward.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Model, type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';

/** Units of the planted network that nothing reads: 18 of 24 in the first layer, none of 24 in the second, 12 of 24 in the third. */
export const idle = [18, 0, 12];

const hidden = [24, 24, 24];
const dense = mlp({ input: [6], hidden, classes: 4, seed: 3 });

/** A network whose layers differ in how many of their units they need: the weights that read the idle ones are 0. */
export const planted: Model = withParameters(
  dense,
  Object.fromEntries(
    hidden.map((units, layer) => {
      const name = `dense-${layer + 2}.kernel`;
      const { shape, data } = (dense.parameters[name] as Parameter).value;
      const outputs = shape[1] as number;
      const rows = new Set(Array.from({ length: idle[layer] as number }, (_, i) => Math.floor((i * units) / (idle[layer] as number))));
      return [
        name,
        {
          value: array(
            shape,
            Float32Array.from(data, (w, i) => (rows.has(Math.floor(i / outputs)) ? 0 : w)),
          ),
        },
      ];
    }),
  ),
);

const inputs = normal(random(5), [256, 6]);
const aim = predict(planted, inputs).data;

/** How well a pruned network does what the planted one did: 1 - ‖y - ŷ‖ / ‖y‖, at most 1. */
export function fidelity(model: Model): number {
  const got = predict(model, inputs).data;
  const [error, size] = [aim.map((y, i) => (y - (got[i] as number)) ** 2), aim.map(y => y ** 2)].map(squares =>
    Math.sqrt((squares as Float32Array).reduce((sum, v) => sum + v, 0)),
  ) as [number, number];
  return 1 - error / size;
}
