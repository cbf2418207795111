import { assertStretch, stretched } from './broadcast.ts';
import type { IntegerOp } from './op.ts';
import { refuseStep } from './refuse.ts';
import { numbersOf } from './values.ts';

/** One of two values on one grid, each axis of length 1 stretched to the other's. */
function chosen<Name extends 'minimum' | 'maximum'>(
  name: Name,
  pick: (a: number, b: number) => number,
): IntegerOp<Name, Record<never, never>> {
  return {
    name,
    arity: [2, 2],
    attributes: {},
    inPlace: true,
    check({ inputs, outputs, where }) {
      assertStretch(where, inputs, outputs[0]);
      const types = new Set([...inputs, ...outputs].map(value => value?.type));
      if (types.size > 1 || types.has('int64'))
        refuseStep(where, `expected values of one type of at most 32 bits; got ${[...types].join(', ')}.`);
    },
    run({ inputs, outputs }) {
      const [a, b, y] = [numbersOf(inputs[0]), numbersOf(inputs[1]), numbersOf(outputs[0])];
      const shape = outputs[0]?.shape ?? [];
      const [ofA, ofB] = [stretched(inputs[0]?.shape ?? [], shape), stretched(inputs[1]?.shape ?? [], shape)];
      for (let i = 0; i < y.length; i++) y[i] = pick(a[ofA[i] as number] as number, b[ofB[i] as number] as number);
    },
  };
}

/** The smaller of two values on one grid. */
export const minimum: IntegerOp<'minimum', Record<never, never>> = chosen('minimum', Math.min);

/** The larger of two values on one grid. */
export const maximum: IntegerOp<'maximum', Record<never, never>> = chosen('maximum', Math.max);
