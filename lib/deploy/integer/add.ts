import { integer, within } from '../../model/attributes.ts';
import { scaled } from '../fixed-point.ts';
import { assertStretch, stretched } from './broadcast.ts';
import type { Declared, IntegerOp, StepValues } from './op.ts';
import { refuseStep } from './refuse.ts';
import { assertRequantize, type RequantizeAttributes, requantizeKinds, requantizer } from './requantize-attributes.ts';
import { assertStored } from './stored.ts';
import { numbersOf } from './values.ts';

export type AddStep = RequantizeAttributes & {
  /** Bits that both inputs are shifted to the left first, so that their rounding is finer than the output's: 20 for 8 bits, 15 for 16. */
  readonly leftShift: number;
  readonly aZeroPoint: number;
  readonly bZeroPoint: number;
  readonly aMultiplier: number;
  readonly aShift: number;
  readonly bMultiplier: number;
  readonly bShift: number;
};

const shift = within(-31, 30);
const int32 = within(-(2 ** 31), 2 ** 31 - 1);

const attributes = {
  ...requantizeKinds,
  leftShift: within(0, 20),
  aZeroPoint: integer,
  bZeroPoint: integer,
  aMultiplier: int32,
  aShift: shift,
  bMultiplier: int32,
  bShift: shift,
};

function sum<Name extends 'add' | 'subtract'>(name: Name, sign: 1 | -1): IntegerOp<Name, AddStep> {
  return {
    name,
    arity: [2, 2],
    attributes,
    inPlace: true,
    check({ inputs, outputs, attributes, where }: StepValues<AddStep, Declared>) {
      assertStretch(where, inputs, outputs[0]);
      assertStored(where, inputs[0], { zeroPoints: [attributes.aZeroPoint] });
      assertStored(where, inputs[1], { zeroPoints: [attributes.bZeroPoint] });
      if (attributes.leftShift > 15 && inputs.some(x => x?.type === 'int16'))
        refuseStep(where, `int16 leaves 15 bits to shift to the left; got ${attributes.leftShift}.`);
      assertRequantize(attributes, { where, channels: 1, type: (outputs[0] as Declared).type });
    },
    run({ inputs, outputs, attributes }) {
      const [a, b] = [numbersOf(inputs[0]), numbersOf(inputs[1])];
      const y = numbersOf(outputs[0]);
      const shapes = [...inputs, ...outputs].map(value => value?.shape ?? []);
      const [ofA, ofB] = [stretched(shapes[0] as [], shapes[2] as []), stretched(shapes[1] as [], shapes[2] as [])];
      const { leftShift, aZeroPoint, bZeroPoint, aMultiplier, aShift, bMultiplier, bShift } = attributes;
      const store = requantizer(attributes);
      const unit = 2 ** leftShift;
      for (let i = 0; i < y.length; i++) {
        const left = scaled(((a[ofA[i] as number] as number) - aZeroPoint) * unit, aMultiplier, aShift);
        const right = scaled(((b[ofB[i] as number] as number) - bZeroPoint) * unit, bMultiplier, bShift);
        y[i] = store(left + sign * right, 0);
      }
    },
  };
}

/**
 * a + b, each axis of length 1 stretched to the other's: both are brought to one scale with `leftShift` bits to spare, added, and taken to the output's.
 * TensorFlow Lite, `reference/add.h`.
 */
export const add: IntegerOp<'add', AddStep> = sum('add', 1);

/** a - b, else as `add`. */
export const subtract: IntegerOp<'subtract', AddStep> = sum('subtract', -1);
