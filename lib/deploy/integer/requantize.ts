import { integer } from '../../model/attributes.ts';
import type { Declared, IntegerOp } from './op.ts';
import { assertRequantize, type RequantizeAttributes, requantizeKinds, requantizer } from './requantize-attributes.ts';
import { assertStored, narrow } from './stored.ts';
import { assertSameSize, numbersOf } from './values.ts';

export type RequantizeStep = RequantizeAttributes & { readonly inputZeroPoint: number };

/** A value on another grid: clip(Z_y + M · (x - Z_x), low, high). TensorFlow Lite, `reference/requantize.h`. */
export const requantize: IntegerOp<'requantize', RequantizeStep> = {
  name: 'requantize',
  arity: [1, 1],
  attributes: { ...requantizeKinds, inputZeroPoint: integer },
  inPlace: true,
  check({ inputs, outputs, attributes, where }) {
    assertSameSize(where, inputs[0], outputs[0]);
    assertStored(where, inputs[0], { zeroPoints: [attributes.inputZeroPoint], types: [...narrow, 'int32'] });
    assertRequantize(attributes, { where, channels: 1, type: (outputs[0] as Declared).type });
  },
  run({ inputs, outputs, attributes }) {
    const [x, y] = [numbersOf(inputs[0]), numbersOf(outputs[0])];
    const store = requantizer(attributes);
    for (let i = 0; i < y.length; i++) y[i] = store((x[i] as number) - attributes.inputZeroPoint, 0);
  },
};
