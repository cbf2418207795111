import { divided, kept, type MeanStep } from '../integer/mean.ts';
import { numbersOf } from '../integer/values.ts';
import type { Bound, Way } from './step.ts';
import { storing } from './stored-sums.ts';

/** The mean over any axes, the places of its sums found once. */
export const mean: Way = ({ inputs, outputs, attributes, count }) => {
  const [x, y] = [inputs[0] as Bound, outputs[0] as Bound];
  if (x.constant) return undefined;
  const step = attributes as unknown as MeanStep;
  const { inputZeroPoint } = step;
  const to = kept(x.shape, step.axes);
  const length = y.data.length / count;
  const factor = divided(step.multiplier[0] as number, step.shift[0] as number, to.length / length);
  const data = numbersOf(x);
  const sums = new Int32Array(y.data.length);
  const own = { ...step, multiplier: [factor.multiplier], shift: [factor.shift], weightZeroPoint: [0] };
  const store = storing(own, y);
  return () => {
    sums.fill(-inputZeroPoint * (to.length / length));
    for (let n = 0, at = 0; n < count; n++) {
      const first = n * length;
      for (let i = 0; i < to.length; i++, at++) {
        const place = first + (to[i] as number);
        sums[place] = (sums[place] as number) + (data[at] as number);
      }
    }
    store(sums);
  };
};
