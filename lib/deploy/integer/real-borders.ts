import { integer, real } from '../../model/attributes.ts';
import { clamped } from '../fixed-point.ts';
import type { Declared, IntegerOp } from './op.ts';
import { refuseStep } from './refuse.ts';
import { zeroPointKind } from './requantize-attributes.ts';
import { assertClamp, assertStored, narrow } from './stored.ts';
import { assertSameSize, numbersOf } from './values.ts';

// Where a program takes or gives real numbers: the only two steps that compute with them.

export type QuantizeStep = { readonly scale: number; readonly outputZeroPoint: number; readonly low: number; readonly high: number };
export type DequantizeStep = { readonly scale: number; readonly inputZeroPoint: number };

/**
 * Real numbers to integers: clip(round(x / S) + Z, low, high), the quotient in float32, halves away from zero; NaN becomes Z.
 * TensorFlow Lite, `reference/quantize.h`.
 */
export const quantize: IntegerOp<'quantize', QuantizeStep> = {
  name: 'quantize',
  arity: [1, 1],
  attributes: { scale: real, outputZeroPoint: zeroPointKind, low: integer, high: integer },
  check({ inputs, outputs, attributes, where }) {
    assertSameSize(where, inputs[0], outputs[0]);
    if (inputs[0]?.type !== 'float32') refuseStep(where, `expected float32; got ${inputs[0]?.type}.`);
    if (!(attributes.scale > 0)) refuseStep(where, `expected a positive scale; got ${attributes.scale}.`);
    assertClamp(where, (outputs[0] as Declared).type, attributes);
  },
  run({ inputs, outputs, attributes: { scale, outputZeroPoint, low, high } }) {
    const [x, y] = [numbersOf(inputs[0]), numbersOf(outputs[0])];
    for (let i = 0; i < y.length; i++) {
      const quotient = Math.fround((x[i] as number) / scale);
      const rounded = Math.sign(quotient) * Math.round(Math.abs(quotient));
      y[i] = Number.isNaN(rounded) ? outputZeroPoint : clamped(rounded + outputZeroPoint, low, high);
    }
  },
};

/** Integers to real numbers: S · (q - Z) as float32. */
export const dequantize: IntegerOp<'dequantize', DequantizeStep> = {
  name: 'dequantize',
  arity: [1, 1],
  attributes: { scale: real, inputZeroPoint: integer },
  check({ inputs, outputs, attributes, where }) {
    assertSameSize(where, inputs[0], outputs[0]);
    assertStored(where, inputs[0], { zeroPoints: [attributes.inputZeroPoint], types: [...narrow, 'int32'] });
    if (outputs[0]?.type !== 'float32') refuseStep(where, `gives float32; got ${outputs[0]?.type}.`);
  },
  run({ inputs, outputs, attributes: { scale, inputZeroPoint } }) {
    const [x, y] = [numbersOf(inputs[0]), numbersOf(outputs[0])];
    for (let i = 0; i < y.length; i++) y[i] = scale * ((x[i] as number) - inputZeroPoint);
  },
};
