import { type Bytes, int8Shape } from '../../../tensor/native-int8.ts';
import { sizeOf } from '../../../tensor/shape.ts';
import type { AddStep } from '../../integer/add.ts';
import { isBytes, isMultiplier, isSigned, requantizesBytes, shifts } from '../eligible.ts';
import type { Bound, Way } from '../step.ts';

const isByteOfSome = (zero: number): boolean => zero >= -128 && zero <= 255;

/** a ± b of the same shape; what is stretched is for the reference. */
function sum(sign: 1 | -1): Way {
  return ({ inputs, outputs, attributes, kernels, threads, count }) => {
    const [a, b] = inputs as readonly [Bound, Bound];
    const y = outputs[0] as Bound;
    const step = attributes as unknown as AddStep;
    const length = sizeOf(y.shape);
    const whole = [a, b].every(value => isBytes(value) && !value.constant && sizeOf(value.shape) === length);
    const { aMultiplier, bMultiplier, aZeroPoint, bZeroPoint } = step;
    if (!kernels || !whole || isSigned(a) !== isSigned(b) || !requantizesBytes(step, y)) return undefined;
    if (![aMultiplier, bMultiplier].every(isMultiplier) || ![aZeroPoint, bZeroPoint].every(isByteOfSome)) return undefined;
    const [aLeft, aRight] = shifts(step.aShift);
    const [bLeft, bRight] = shifts(step.bShift);
    const [left, right] = shifts(step.shift[0] as number);
    const shape = int8Shape.add({
      ...{ isSigned: Number(isSigned(a)), ahead: step.leftShift, sign },
      ...{ aZero: aZeroPoint, aMultiplier, aLeft, aRight, bZero: bZeroPoint, bMultiplier, bLeft, bRight },
      ...{ multiplier: step.multiplier[0] as number, left, right, outputZero: step.outputZeroPoint, low: step.low, high: step.high },
    });
    const [one, two, to] = [a.data as Bytes, b.data as Bytes, y.data as Bytes];
    const options = { threads, length: length * count };
    const { int8Add } = kernels;
    return () => int8Add(shape, one, two, to, options);
  };
}

export const add: Way = sum(1);
export const subtract: Way = sum(-1);
