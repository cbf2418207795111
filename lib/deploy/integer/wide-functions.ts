import { within } from '../../model/attributes.ts';
import { sizeOf } from '../../tensor/shape.ts';
import type { IntegerOp } from './op.ts';
import { refuseStep } from './refuse.ts';
import { sigmoidTable } from './tables-16.ts';
import { assertSameSize, numbersOf } from './values.ts';

export type WideFunctionStep = {
  /** Takes a stored integer to units of 1/12,288 for `sigmoid`, and for `tanh`: x · multiplier · 2^-shift, halves up. */
  readonly multiplier: number;
  readonly shift: number;
};

interface Interpolation {
  /** Bits that choose a place in the segment. */
  readonly bits: number;
  /** The result from the interpolated σ(|x|) · 2^(16 + bits), for x ≥ 0 and for x < 0. */
  readonly positive: (sum: number) => number;
  readonly negative: (sum: number) => number;
}

/** A function that the table of σ gives, by its magnitude. TensorFlow Lite, `integer_ops/logistic.h` and `integer_ops/tanh.h`. */
function wideFunction<Name extends string>(name: Name, { bits, positive, negative }: Interpolation): IntegerOp<Name, WideFunctionStep> {
  return {
    name,
    arity: [1, 1],
    attributes: { multiplier: within(1, 2 ** 16 - 1), shift: within(0, 31) },
    inPlace: true,
    check({ inputs: [x], outputs: [y], where }) {
      assertSameSize(where, x, y);
      if (x?.type !== 'int16' || y?.type !== 'int16') refuseStep(where, `expected int16 in and out; got ${x?.type} and ${y?.type}.`);
    },
    work: ({ outputs: [y] }) => 8 * sizeOf(y?.shape ?? []),
    run({ inputs: [x], outputs: [y], attributes: { multiplier, shift } }) {
      const [data, to, table] = [numbersOf(x), numbersOf(y), sigmoidTable()];
      const half = shift > 0 ? 2 ** (shift - 1) : 0;
      for (let i = 0; i < to.length; i++) {
        const place = Math.floor(((data[i] as number) * multiplier + half) / 2 ** shift);
        const [segment, rest] = [Math.abs(place) >> bits, Math.abs(place) & (2 ** bits - 1)];
        const base = table[segment] as number;
        const sum = segment >= 255 ? undefined : base * 2 ** bits + rest * ((table[segment + 1] as number) - base);
        to[i] = place >= 0 ? positive(sum ?? saturated[bits as 8]) : negative(sum ?? saturated[bits as 8]);
      }
    },
  };
}

/** What counts beyond the table's end. */
const saturated = { 8: 0xffff * 2 ** 8, 9: 0x7fff * 2 ** 10 } as const;

/** 1 / (1 + e^-x) of 16 bits, on the grid 1/32768 from 0 on. */
export const sigmoid: IntegerOp<'sigmoid', WideFunctionStep> = wideFunction('sigmoid', {
  bits: 9,
  positive: sum => (sum + 2 ** 9) >> 10,
  negative: sum => (2 ** 25 - sum + 2 ** 9 - 1) >> 10,
});

/** The hyperbolic tangent of 16 bits, 2σ(2x) - 1, on the grid 1/32768 from 0 on. */
export const tanh: IntegerOp<'tanh', WideFunctionStep> = wideFunction('tanh', {
  bits: 8,
  positive: sum => (sum - 2 ** 23 + 2 ** 7) >> 8,
  negative: sum => (2 ** 23 - sum + 2 ** 7 - 1) >> 8,
});
