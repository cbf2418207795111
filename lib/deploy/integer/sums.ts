import { sizeOf } from '../../tensor/shape.ts';
import type { Declared, StepValues } from './op.ts';
import { refuseStep } from './refuse.ts';
import { assertRequantize, type RequantizeAttributes } from './requantize-attributes.ts';
import { assertExact, assertStored } from './stored.ts';
import { assertBias } from './values.ts';

/** What every layer with a kernel declares. */
interface SumAttributes extends RequantizeAttributes {
  readonly inputZeroPoint: number;
  readonly weightZeroPoint: readonly number[];
}

/** Refuses a layer [x, weight, bias] whose types, zero points, bias or requantization do not fit its number of output channels. */
export function assertSums({ inputs, outputs, attributes, where }: StepValues<SumAttributes, Declared>, channels: number): void {
  const { inputZeroPoint, weightZeroPoint } = attributes;
  if (weightZeroPoint.length !== 1 && weightZeroPoint.length !== channels)
    refuseStep(where, `expected 1 or ${channels} weight zero points; got ${weightZeroPoint.length}.`);
  assertStored(where, inputs[0], { zeroPoints: [inputZeroPoint] });
  assertStored(where, inputs[1], { zeroPoints: weightZeroPoint });
  const [x, weight] = inputs as readonly [Declared, Declared];
  assertExact(where, [x.type, weight.type], sizeOf(weight.shape) / channels);
  assertBias(where, inputs[2], channels);
  assertRequantize(attributes, { where, channels, type: (outputs[0] as Declared).type });
}
