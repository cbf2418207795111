import type { KnownMistakes, NDArray } from 'tinylab';
import { ends, type GridSlips, gridOf } from './reference.ts';
import { holdsNaN, near, ofOtherLength, where, wrongOnlyAt } from './seen.ts';

// What is seen of wrong scales and zero points, where no usual mistake gives just these.

const whole = (x: number): boolean => Number.isFinite(x) && Math.abs(x - Math.round(x)) < 1e-7 * Math.max(1, Math.abs(x));

/** What is seen of a wrong scale; `range` is what the grid has to cover. */
function scaleSeen(got: number, right: number, range: number): KnownMistakes {
  const steps = range / got;
  return [
    [range, 'That is the range. Divide it by the number of steps, 2^b - 1.'],
    [where(Number.isNaN(got), got), 'The scale is no number: is something read under another name, or 0 divided by 0?'],
    [where(got <= 0, got), 'A scale is above 0: from the smaller end to the larger one, divided by how many steps lie between.'],
    [where(whole(steps), got), 'The range is right, but you divide it by another whole number than 2^b - 1.'],
    [
      where(got > right, got),
      'Wherever your scale is wrong it is too large: either the range is too wide, or it is divided by too few steps (2^b - 1).',
    ],
    [
      where(got < right, got),
      'Wherever your scale is wrong it is too small: either the range is too narrow, or it is divided by too many steps (2^b - 1).',
    ],
  ];
}

/** What is seen of a wrong zero point. */
function zeroPointSeen(got: number, right: number, bits: number): KnownMistakes {
  const [low, high] = ends(bits);
  return [
    [where(Number.isNaN(got), got), 'The zero point is no number: is something read under another name, or 0 divided by 0?'],
    [where(!Number.isInteger(got), got), 'A zero point is a whole number: round last of all, or clamp to whole numbers.'],
    [where(got < low || got > high, got), 'Your zero point lies beyond the integers of b bits, -2^(b-1) … 2^(b-1) - 1: clamp it.'],
    [
      where(got === high, got),
      'Where your zero point is wrong it is the largest integer. That is right only if all values are below 0: what do you add to -low / S, and how do you clamp?',
    ],
    [
      where(got === low, got),
      'Where your zero point is wrong it is the smallest integer. That is right only if no value is below 0: how many steps is low from 0?',
    ],
    [where(got === right + 1, got), 'Where your zero point is wrong it is one too large: where do you begin, and how do you round?'],
    [where(got === right - 1, got), 'Where your zero point is wrong it is one too small: where do you begin, and how do you round?'],
    [where(got > right, got), 'Wherever your zero point is wrong it is too large: it lies -low / S steps above -2^(b-1).'],
    [where(got < right, got), 'Wherever your zero point is wrong it is too small: it lies -low / S steps above -2^(b-1).'],
  ];
}

const narrow = 'The range must hold 0: take the smaller of 0 and the smallest value, and the larger of 0 and the largest.';

/** What may be wrong with the scale of a grid. */
export function scaleMistakes(values: readonly number[], bits: number, got: number): KnownMistakes {
  const of = (slips: GridSlips): { scale: number; zeroPoint: number } => gridOf(values, bits, slips);
  const right = of({});
  return [
    [of({ widened: false }).scale, narrow],
    [of({ steps: b => 2 ** b }).scale, '2^b integers have 2^b - 1 steps between them.'],
    [
      of({ range: (_, high) => high }).scale,
      'That is the scale of the largest value alone. The range goes from the smallest to the largest.',
    ],
    [
      of({ range: (low, high) => Math.max(-low, high) }).scale,
      'That is the largest magnitude, for a grid around 0. Here the range goes from the smallest value to the largest.',
    ],
    [
      of({ range: (low, high) => Math.max(-low, high), steps: b => 2 ** (b - 1) - 1 }).scale,
      'That is the scale of a symmetric grid, whose zero point is 0. Here the range goes from the smallest value to the largest.',
    ],
    [1 / right.scale, 'Upside down: a step is worth range / (2^b - 1).'],

    [
      where(new Set(values).size === 1, got),
      'Only values that are all alike go wrong. They need no rule of their own: the range goes from 0 to that value, so it stays what it is.',
    ],
    ...scaleSeen(got, right.scale, of({ steps: () => 1 }).scale),
  ];
}

/** What may be wrong with the zero point of a grid. */
export function zeroPointMistakes(values: readonly number[], bits: number, got: number): KnownMistakes {
  const of = (slips: GridSlips): { scale: number; zeroPoint: number } => gridOf(values, bits, slips);
  const right = of({});
  return [
    [of({ whole: z => z }).zeroPoint, 'A zero point is an integer, so that 0 is exactly on the grid.'],
    [of({ widened: false, clamped: false }).zeroPoint, narrow],
    [of({ widened: false }).zeroPoint, narrow],
    [of({ clamped: false }).zeroPoint, 'The zero point is one of the integers that b bits hold: clamp it.'],
    [of({ sign: -1 }).zeroPoint, 'Wrong sign: r = S · (q - Z) is low at q = -2^(b-1), so Z = -2^(b-1) - low / S.'],
    [of({ sign: -1, clamped: false }).zeroPoint, 'Wrong sign: r = S · (q - Z) is low at q = -2^(b-1), so Z = -2^(b-1) - low / S.'],
    [of({ whole: Math.trunc }).zeroPoint, 'You cut off: take the nearest integer.'],
    [of({ whole: Math.floor }).zeroPoint, 'You rounded down: take the nearest integer.'],
    [right.zeroPoint + 2 ** (bits - 1), 'That is the zero point of unsigned integers, 0 … 2^b - 1. Yours begin at -2^(b-1).'],
    [-right.zeroPoint, 'Wrong sign: 0 is stored as Z.'],

    [
      where(new Set(values).size === 1, got),
      'Only values that are all alike go wrong. They need no rule of their own: the range goes from 0 to that value, so it stays what it is.',
    ],
    ...zeroPointSeen(got, right.zeroPoint, bits),
  ];
}

type Read = (row: readonly number[]) => number;

const magnitude: Read = row => Math.max(...row.map(Math.abs));

const readings: readonly (readonly [read: Read, hint: string])[] = [
  [row => Math.max(...row), 'A weight below 0 counts by its size: you took the largest weight of a row, not the largest |w|.'],
  [row => -Math.min(...row), 'A weight above 0 counts too: you took the smallest weight of a row, not the largest |w|.'],
  [row => Math.min(...row.map(Math.abs)), 'That is the smallest |w| of each row. The grid has to reach the largest.'],
  [row => magnitude(row.slice(1)), 'The first weight of each row is left out.'],
  [row => magnitude(row.slice(0, -1)), 'The last weight of each row is left out.'],
  [row => Math.abs(row[0] as number), 'Only the first weight of each row counts.'],
  [row => Math.abs(row.at(-1) as number), 'Only the last weight of each row counts.'],
  [row => Math.max(...row) - Math.min(...row), 'That is the range of each row. A symmetric grid goes by its largest |w|.'],
  [row => row.reduce((total, w) => total + Math.abs(w), 0) / row.length, 'That is the mean |w| of each row. Take the largest.'],
];

/** What may be wrong with the scales of rows: which weights count, what they are divided by, and what is seen otherwise. */
export function rowScaleSlips({ shape: [, columns = 1], data }: NDArray, bits: number, got: readonly unknown[]): KnownMistakes {
  const weights = Array.from(data);
  const rows = Array.from({ length: weights.length / columns }, (_, k) => weights.filter((__, i) => Math.floor(i / columns) === k));
  const [, most] = ends(bits);
  const right = rows.map(row => magnitude(row) / most);
  return [
    ...readings.map(([read, hint]) => [rows.map(row => read(row) / most), hint] as const),
    [right.map(scale => scale * most * most), 'You multiplied by the largest integer: divide by it.'],
    ...rowScalesSeen(got, right),
  ];
}

/** What is seen of wrong scales of rows. */
function rowScalesSeen(got: readonly unknown[], right: readonly number[]): KnownMistakes {
  const factors = right.map((scale, k) => Number(got[k]) / scale);
  const each = (holds: (factor: number) => boolean): unknown => where(factors.every(holds), got);
  const same = (factor: number): boolean => near(factor, factors[0] as number);
  return [
    [where(ofOtherLength(got, right), got), 'There is one scale for each row.'],
    [where(holdsNaN(got), got), 'Something is no finite number: is a row empty (its maximum is -∞), or something divided by 0?'],
    [each(factor => factor > 0 && same(factor)), 'The largest |w| of each row is right, what you divide by is not: 2^(b-1) - 1.'],
    [each(same), 'The largest |w| of each row is right up to a factor that is below 0: what you divide by, 2^(b-1) - 1, is above 0.'],
    [
      where(
        wrongOnlyAt(got, right, k => k > 0),
        got,
      ),
      'The first row is right, others are not: where does row r begin in data, and where does it end?',
    ],
    [where(Math.min(...factors) < 0, got), 'A scale is above 0: it is the largest |w|, divided by the largest integer, 2^(b-1) - 1.'],
    [
      each(factor => factor > 1 - 1e-5),
      'No scale is too small, and some are too large: do values of other rows count, or is what you divide by too small?',
    ],
    [
      each(factor => factor < 1 + 1e-5),
      'No scale is too large, and some are too small: is a part of a row left out, or is what you divide by too large?',
    ],
    [where(new Set(got).size === 1, got), 'All rows have the same scale: go by the values of each.'],
  ];
}
