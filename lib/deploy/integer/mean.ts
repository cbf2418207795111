import { axes, integer } from '../../model/attributes.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { clamped, scaled } from '../fixed-point.ts';
import type { Declared, IntegerOp, Value } from './op.ts';
import { refuseStep } from './refuse.ts';
import { assertRequantize, type RequantizeAttributes, requantizeKinds } from './requantize-attributes.ts';
import { assertStored } from './stored.ts';
import { numbersOf } from './values.ts';

export type MeanStep = RequantizeAttributes & { readonly axes: readonly number[]; readonly inputZeroPoint: number };

/** The multiplier divided by n, with as many bits as 32 hold: M / n = multiplier' · 2^(shift' - 31). */
export function divided(multiplier: number, shift: number, n: number): { readonly multiplier: number; readonly shift: number } {
  const bits = Math.max(0, Math.min(31 - Math.clz32(n), 32, 31 + shift));
  return { multiplier: Number((BigInt(multiplier) << BigInt(bits)) / BigInt(n)), shift: shift - bits };
}

/**
 * The mean over some axes, on the output's grid: the sum of x - Z_x times M / n, where n is the number of places. TensorFlow Lite,
 * `integer_ops/mean.h`.
 */
export const mean: IntegerOp<'mean', MeanStep> = {
  name: 'mean',
  arity: [1, 1],
  attributes: { ...requantizeKinds, axes, inputZeroPoint: integer },
  check({ inputs: [x], outputs: [y], attributes, where }) {
    const kept = x?.shape.filter((_, axis) => !attributes.axes.includes(axis)) ?? [];
    const inside = attributes.axes.every(axis => axis < (x?.shape.length ?? 0)) && new Set(attributes.axes).size === attributes.axes.length;
    if (!x || !y || !inside || sizeOf(x.shape) === 0 || sizeOf(kept) !== sizeOf(y.shape))
      refuseStep(where, `the mean of [${x?.shape}] over axes [${attributes.axes}] is not [${y?.shape}].`);
    assertStored(where, x, { zeroPoints: [attributes.inputZeroPoint] });
    assertRequantize(attributes, { where, channels: 1, type: (y as Declared).type });
  },
  work: ({ inputs: [x] }) => 8 * sizeOf(x?.shape ?? []),
  run({ inputs, outputs, attributes }) {
    const x = inputs[0] as Value;
    const y = numbersOf(outputs[0]);
    const data = numbersOf(x);
    const { inputZeroPoint, outputZeroPoint, low, high } = attributes;
    const sums = new Float64Array(y.length);
    const to = kept(x.shape, attributes.axes);
    for (let i = 0; i < data.length; i++) sums[to[i] as number] = (sums[to[i] as number] as number) + (data[i] as number) - inputZeroPoint;
    const factor = divided(attributes.multiplier[0] as number, attributes.shift[0] as number, data.length / y.length);
    for (let i = 0; i < y.length; i++)
      y[i] = clamped(scaled((sums[i] as number) | 0, factor.multiplier, factor.shift) + outputZeroPoint, low, high);
  },
};

/** For each element the place that it has among those without the axes. */
export function kept(shape: readonly number[], without: readonly number[]): Int32Array {
  let of = Int32Array.of(0);
  for (const [axis, length] of shape.entries()) {
    const stays = !without.includes(axis);
    const next = new Int32Array(of.length * length);
    for (let i = 0, at = 0; i < of.length; i++)
      for (let j = 0; j < length; j++) next[at++] = stays ? (of[i] as number) * length + j : (of[i] as number);
    of = next;
  }
  return of;
}
