import { holdsNaN, ofOtherLength, where } from './seen.ts';

// Mistakes in the bias and the multiplier of a layer of integers.

/** A bias, and the scales that its integers have. */
export interface BiasCase {
  readonly bias: number[];
  readonly inputScale: number;
  readonly weightScales: number[];
}

/** What may be wrong with a bias as integers. */
export function integerBiasMistakes({ bias, inputScale, weightScales }: BiasCase, got: readonly unknown[]): [unknown, string][] {
  const of = (scale: (o: number) => number, whole: (x: number) => number = Math.round): number[] => bias.map((b, o) => whole(b / scale(o)));
  const right = (o: number): number => inputScale * (weightScales[o] as number);
  return [
    [
      of(o => weightScales[o] as number),
      'That is the scale of the weights alone. The bias is added to products, whose scale is that of the input times that of the weights.',
    ],
    [of(() => inputScale), 'That is the scale of the input alone. The bias is added to products: multiply by the scale of the weights.'],
    [of(() => right(0)), 'You used the scale of the first channel for all. Each output channel has its own.'],
    [of(right, Math.trunc), 'You cut off: take the nearest integer.'],
    [of(right, Math.floor), 'You rounded down: take the nearest integer.'],
    [of(right, Math.ceil), 'You rounded up: take the nearest integer.'],
    [of(right, x => x), 'A bias is stored as a whole number: round.'],
    [of(right, x => Math.min(127, Math.max(-128, Math.round(x)))), 'You clamped to 8 bits. A bias has the 32 bits of the accumulator.'],
    [of(o => 1 / right(o)), 'Divide by the scale of the products.'],
    [of(() => 1), 'The scale is missing: divide by that of the products, S_x · S_w.'],
    [of(o => inputScale / (weightScales[o] as number)), 'The scale of the products is S_x · S_w: multiply the two.'],
    [of(o => inputScale + (weightScales[o] as number)), 'The scale of the products is S_x · S_w: multiply the two, do not add them.'],
    [
      weightScales.map(scale => Math.round(1 / scale)),
      'Those are 1 / S_w, whatever the bias is: something stands both above and below the line.',
    ],
    ...integerBiasSeen(
      got,
      bias.map((b, o) => Math.round(b / right(o))),
    ),
  ];
}

/** What is seen of a wrong bias. */
function integerBiasSeen(got: readonly unknown[], right: readonly number[]): [unknown, string][] {
  const each = (holds: (value: number, size: number) => boolean): unknown =>
    where(
      right.every((value, o) => holds(Math.abs(Number(got[o])), Math.abs(value))),
      got,
    );
  return [
    [where(ofOtherLength(got, right), got), 'There is one bias for each output channel.'],
    [where(holdsNaN(got), got), 'Some bias is no finite number: is a scale read beside its list, or is something divided by 0?'],
    [each((value, size) => value >= size), 'No bias is too small in size, and some are too large: you divide by too small a number.'],
    [each((value, size) => value <= size), 'No bias is too large in size, and some are too small: you divide by too large a number.'],
  ];
}

/** What may be wrong with M0 as an integer. */
export function fractionMistakes(multiplier: number, n: number, got: number): [unknown, string][] {
  const fraction = multiplier * 2 ** n;
  return [
    [fraction, 'That is M0 as a real number. Store it as an integer: round(M0 · 2^31).'],
    [fraction * 2 ** 31, 'That is no whole number: round(M0 · 2^31).'],
    [Math.floor(fraction * 2 ** 31), 'You rounded down: take the nearest integer.'],
    [Math.ceil(fraction * 2 ** 31), 'You rounded up: take the nearest integer.'],
    [Math.round(multiplier * 2 ** 31), 'That is M · 2^31, which has fewer bits that count: double M until it is at least 0.5 first.'],
    [Math.round(fraction * 2 ** 30), 'That has 30 bits behind the point. Use 31.'],
    [Math.round(fraction * 2 ** 32), 'That has 32 bits behind the point and does not fit 32 bits with a sign. Use 31.'],
    [Math.round((multiplier / 2 ** n) * 2 ** 31), 'You halved M n times. Double it: M0 = M · 2^n.'],
    [where(Number.isNaN(got), got), 'm0 is no number: is something read under another name?'],
    [where(got < 2 ** 30, got), 'Your m0 is below 2^30, and M0 is at least 0.5: round(M · 2^n · 2^31).'],
    [where(got >= 2 ** 31, got), 'Your m0 is 2^31 or more, and M0 is less than 1: round(M · 2^n · 2^31).'],
  ];
}
