import { integer, within } from '../../model/attributes.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { clamped, roundingShift, scaled } from '../fixed-point.ts';
import { exponential, reciprocalOfOnePlus } from './fixed-exponential.ts';
import type { IntegerOp } from './op.ts';
import { refuseStep } from './refuse.ts';
import { exponentialTable, interpolated, reciprocalTable } from './tables-16.ts';
import { assertSameSize, type Numbers, numbersOf } from './values.ts';

export type SoftmaxStep = {
  /** Takes a difference of stored integers to one with 5 bits before the point. */
  readonly multiplier: number;
  readonly shift: number;
  /** Smaller differences count as e^-∞ = 0. */
  readonly differenceMinimum: number;
};

/**
 * Probabilities over the last axis, on the fixed grid 1/256 from -128 on (int8), 1/65536 from -32768 on (int8 to int16), or 1/32768 from 0 on (int16).
 * Exponentials and the division are fixed-point polynomials for 8 bits, interpolated tables for 16. TensorFlow Lite, `reference/softmax.h`.
 */
export const softmax: IntegerOp<'softmax', SoftmaxStep> = {
  name: 'softmax',
  arity: [1, 1],
  attributes: { multiplier: within(0, 2 ** 31 - 1), shift: within(-31, 31), differenceMinimum: integer },
  check({ inputs: [x], outputs: [y], where }) {
    assertSameSize(where, x, y);
    if (!rows[`${x?.type} ${y?.type}`] || (x?.shape.at(-1) ?? 0) < 1)
      refuseStep(where, `expected ${Object.keys(rows).join(', ')} in and out; got ${x?.type} [${x?.shape}] and ${y?.type}.`);
    const most = x?.type === 'int16' ? 2 ** 16 : 2 ** 12;
    if ((x?.shape.at(-1) ?? 0) > most) refuseStep(where, `the sum over ${x?.shape.at(-1)} values does not fit; at most ${most} do.`);
  },
  // an exponential is a polynomial of some thirty products
  work: ({ outputs: [y] }) => 64 * sizeOf(y?.shape ?? []),
  run({ inputs: [x], outputs, attributes }) {
    const [data, y] = [numbersOf(x), numbersOf(outputs[0])];
    const length = x?.shape.at(-1) as number;
    const row = rows[`${x?.type} ${outputs[0]?.type}`] as Row;
    for (let from = 0; from < data.length; from += length)
      row(data.subarray(from, from + length), y.subarray(from, from + length), attributes);
  },
};

const most = (x: Numbers): number => {
  let found = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < x.length; i++) if ((x[i] as number) > found) found = x[i] as number;
  return found;
};

type Row = (x: Numbers, y: Numbers, attributes: SoftmaxStep) => void;

/** 12 bits before the point hold the sum of up to 4,096 exponentials. */
const byteRow =
  (first: number, bits: number): Row =>
  (x, y, { multiplier, shift, differenceMinimum }) => {
    const largest = most(x);
    const power = (value: number): number => exponential(scaled(value - largest, multiplier, shift));
    let sum = 0;
    for (let i = 0; i < x.length; i++) if ((x[i] as number) - largest >= differenceMinimum) sum += roundingShift(power(x[i] as number), 12);
    const headroom = Math.clz32(sum);
    const factor = reciprocalOfOnePlus(((sum << headroom) >>> 0) - 2 ** 31);
    for (let i = 0; i < x.length; i++) {
      if ((x[i] as number) - largest < differenceMinimum) {
        y[i] = first;
        continue;
      }
      const unit = scaled(power(x[i] as number), factor, 0);
      y[i] = clamped(roundingShift(unit, 12 - headroom + 31 - bits) + first, first, first + 2 ** bits - 1);
    }
  };

const wideRow: Row = (x, y, { multiplier, shift }) => {
  const largest = most(x);
  const powers = Float64Array.from(x, value => {
    const difference = scaled(value - largest, multiplier, shift);
    return interpolated(exponentialTable(), clamped(difference + 32767, -32768, 32767));
  });
  let sum = 0;
  for (const power of powers) sum += power;
  const headroom = Math.clz32(sum);
  const shifted = Math.floor((sum * 2 ** (headroom - 1) + 2 ** 13) / 2 ** 14);
  const reciprocal = interpolated(reciprocalTable(), clamped(shifted - (2 ** 15 + 2 ** 16), -32768, 32767));
  const right = 31 - headroom;
  for (let i = 0; i < x.length; i++)
    y[i] = clamped(Math.floor(((powers[i] as number) * reciprocal + 2 ** (right - 1)) / 2 ** right), 0, 32767);
};

/** The rows by the types in and out. */
const rows: Readonly<Record<string, Row>> = {
  'int8 int8': byteRow(-128, 8),
  'uint8 uint8': byteRow(0, 8),
  'int8 int16': byteRow(-(2 ** 15), 16),
  'int16 int16': wideRow,
};
