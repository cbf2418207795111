import { sizeOf } from '../../../tensor/shape.ts';
import { scaled } from '../../fixed-point.ts';
import type { AddStep } from '../../integer/add.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { dspHelpers } from './helpers.ts';
import { type Rounding, roundingOf, signFree } from './requantize.ts';

/** What each stored byte of an input is worth on the common scale, doubled, so that sums need no shift before they are rounded. */
interface Tables {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly rounding: Rounding;
}

/** Sums and differences of two int8 values of one shape: a table for each, of 256 words, and one rounding. */
export const tableAdd: Kernel<AddStep> = tables(1);
export const tableSubtract: Kernel<AddStep> = tables(-1);

function tables(sign: 1 | -1): Kernel<AddStep> {
  return {
    name: 'tables',
    fits: step => tablesOf(step, sign) !== undefined,
    emit: (step, writer) => emitTables(step, writer, tablesOf(step, sign) as Tables),
  };
}

function tablesOf({ core, inputs, output, attributes }: CStep<AddStep>, sign: 1 | -1): Tables | undefined {
  const plain = inputs.every(value => value?.type === 'int8' && !value.data && sizeOf(value.shape) === sizeOf(output.shape));
  // below so many elements tables are larger than what they save
  if (core === 'any' || !plain || output.type !== 'int8' || sizeOf(output.shape) < 256) return undefined;
  const { leftShift, aZeroPoint, bZeroPoint, aMultiplier, aShift, bMultiplier, bShift } = attributes;
  const worth = (zero: number, multiplier: number, shift: number): number[] =>
    Array.from({ length: 256 }, (_, i) => scaled((((i << 24) >> 24) - zero) * 2 ** leftShift, multiplier, shift));
  const a = worth(aZeroPoint, aMultiplier, aShift);
  const b = worth(bZeroPoint, bMultiplier, bShift).map(value => sign * value);
  const range = [Math.min(...a) + Math.min(...b), Math.max(...a) + Math.max(...b)] as const;
  const rounding = roundingOf(attributes, 0, range);
  return rounding && { a: a.map(value => 2 * value), b: b.map(value => 2 * value), rounding };
}

function emitTables({ attributes, output }: CStep<AddStep>, writer: CWriter, { a, b, rounding }: Tables): string {
  writer.helper('dsp', dspHelpers);
  const [ofA, ofB] = [writer.constant('a_worth', 'int32', a), writer.constant('b_worth', 'int32', b)];
  const { multiplier, addend, shift } = rounding;
  const { low, high } = attributes;
  const sign = signFree(attributes) ? '' : ' + (sum >> 31)';
  const ends = low === -128 && high === 127 ? 'ssat8_right(v, SHIFT)' : 'clamped(v >> SHIFT, LOW, HIGH)';
  const stored = ends.replace('SHIFT', `${shift}`).replace('LOW', `${low}`).replace('HIGH', `${high}`);
  return `int32_t multiplier = ${multiplier}, addend = ${addend};
_Pragma("GCC unroll 4") for (int i = 0; i < ${sizeOf(output.shape)}; i++) {
  int32_t sum = ${ofA}[(uint8_t)x[i]] + ${ofB}[(uint8_t)x1[i]];
  int32_t v = smmlar(sum, multiplier, addend)${sign};
  y[i] = (int8_t)${stored};
}`;
}
