import { integer } from '../../model/attributes.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { assertStretch, stretched } from './broadcast.ts';
import type { Declared, IntegerOp } from './op.ts';
import { assertRequantize, type RequantizeAttributes, requantizeKinds, requantizer } from './requantize-attributes.ts';
import { assertStored } from './stored.ts';
import { numbersOf } from './values.ts';

export type MultiplyStep = RequantizeAttributes & { readonly aZeroPoint: number; readonly bZeroPoint: number };

/** (a - Z_a) · (b - Z_b) to the output's grid, each axis of length 1 stretched to the other's. TensorFlow Lite, `reference/mul.h`. */
export const multiply: IntegerOp<'multiply', MultiplyStep> = {
  name: 'multiply',
  arity: [2, 2],
  attributes: { ...requantizeKinds, aZeroPoint: integer, bZeroPoint: integer },
  inPlace: true,
  check({ inputs, outputs, attributes, where }) {
    assertStretch(where, inputs, outputs[0]);
    assertStored(where, inputs[0], { zeroPoints: [attributes.aZeroPoint] });
    assertStored(where, inputs[1], { zeroPoints: [attributes.bZeroPoint] });
    assertRequantize(attributes, { where, channels: 1, type: (outputs[0] as Declared).type });
  },
  work: ({ outputs: [y] }) => 8 * sizeOf(y?.shape ?? []),
  run({ inputs, outputs, attributes }) {
    const [a, b, y] = [numbersOf(inputs[0]), numbersOf(inputs[1]), numbersOf(outputs[0])];
    const shape = outputs[0]?.shape ?? [];
    const [ofA, ofB] = [stretched(inputs[0]?.shape ?? [], shape), stretched(inputs[1]?.shape ?? [], shape)];
    const { aZeroPoint, bZeroPoint } = attributes;
    const store = requantizer(attributes);
    for (let i = 0; i < y.length; i++)
      y[i] = store(((a[ofA[i] as number] as number) - aZeroPoint) * ((b[ofB[i] as number] as number) - bZeroPoint), 0);
  },
};
