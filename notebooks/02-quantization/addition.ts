import type { Examiner, Random } from 'tinylab';
import { int8 } from './integer-reference.ts';
import { seenInLayer } from './integer-slips.ts';

// The addition of two values of integers, each on a grid of its own.

/** Stored integers and the grid that they lie on. */
export interface OnGrid {
  readonly q: number[];
  readonly scale: number;
  readonly zeroPoint: number;
}

type OutputGrid = Omit<OnGrid, 'q'>;

/** Two values, and the grid of their sum. */
export interface Addition {
  readonly a: OnGrid;
  readonly b: OnGrid;
  readonly out: OutputGrid;
}

/** Mistakes of the addition. */
interface AdditionSlips {
  /** What a stored integer stands for. */
  readonly real?: (q: number, grid: OutputGrid, place: 'first' | 'second') => number;
  readonly whole?: (x: number) => number;
  readonly clamp?: (q: number) => number;
  /** The grid of the sum. */
  readonly out?: (out: OutputGrid) => OutputGrid;
}

/** clip(Z_y + round((S_a · (a - Z_a) + S_b · (b - Z_b)) / S_y)). */
export function integerAdd({ a, b, out }: Addition, slips: AdditionSlips = {}): number[] {
  const { real = (q: number, grid: OutputGrid) => grid.scale * (q - grid.zeroPoint), whole = Math.round, clamp = int8 } = slips;
  const { scale, zeroPoint } = slips.out?.(out) ?? out;
  return a.q.map((q, i) => clamp(whole((real(q, a, 'first') + real(b.q[i] as number, b, 'second')) / scale) + zeroPoint));
}

/** Two values and the grid of their sum; some sums reach beyond 8 bits, and none is half-way between two integers. */
function addition(rng: Random): Addition {
  for (;;) {
    const n = rng.int(10, 16);
    const grid = (scale: number): OnGrid => ({
      q: Array.from({ length: n }, () => rng.int(-128, 127)),
      scale,
      zeroPoint: rng.int(10, 70) * rng.pick([-1, 1]),
    });
    const [a, b] = [grid(rng.uniform(0.01, 0.02)), grid(rng.uniform(0.03, 0.06))];
    const out = { scale: rng.uniform(0.025, 0.035), zeroPoint: rng.int(5, 40) * rng.pick([-1, 1]) };
    const free = integerAdd({ a, b, out }, { whole: x => x, clamp: q => q });
    const clear = free.every(q => Math.abs(q - Math.floor(q) - 0.5) > 0.02);
    if (clear && free.some(q => q > 140) && free.some(q => q < -140) && free.filter(q => Math.abs(q) < 100).length > 3)
      return { a, b, out };
  }
}

const wrap = (q: number): number => q - 256 * Math.floor((q + 128) / 256);

const mistakes: readonly (readonly [slips: AdditionSlips, hint: string])[] = [
  [{ clamp: wrap }, 'Sums beyond 8 bits wrapped around: two large values became a small one. Clamp them to -128 … 127.'],
  [{ clamp: q => q }, 'Some sums do not fit into 8 bits: clamp to -128 … 127.'],
  [{ clamp: q => Math.min(127, q) }, 'Sums below -128 do not fit into 8 bits: clamp on both sides.'],
  [{ clamp: q => Math.max(-128, q) }, 'Sums above 127 do not fit into 8 bits: clamp on both sides.'],
  [{ clamp: q => Math.min(127, Math.max(-127, q)) }, 'The smallest integer of 8 bits is -128.'],
  [{ real: (q, { scale }) => scale * q }, 'The zero points of what is added are missing: an integer stands for S · (q - Z).'],
  [
    { real: (q, { scale, zeroPoint }) => scale * (q + zeroPoint) },
    'The zero points of what is added have the wrong sign: an integer stands for S · (q - Z).',
  ],
  [{ real: (q, { zeroPoint }) => q - zeroPoint }, 'The scales of what is added are missing: an integer stands for S · (q - Z).'],
  [{ out: ({ scale }) => ({ scale, zeroPoint: 0 }) }, 'The zero point of the sum is missing: add Z_y last.'],
  [{ out: ({ scale, zeroPoint }) => ({ scale, zeroPoint: -zeroPoint }) }, 'The zero point of the sum has the wrong sign: add it.'],
  [{ out: ({ zeroPoint }) => ({ scale: 1, zeroPoint }) }, 'The scale of the sum is missing: divide by S_y.'],
  [{ out: ({ scale, zeroPoint }) => ({ scale: 1 / scale, zeroPoint }) }, 'Divide by the scale of the sum, S_y; you multiplied.'],
  [{ whole: Math.trunc }, 'You cut off: take the nearest integer.'],
  [{ whole: Math.floor }, 'You rounded down: take the nearest integer.'],
  [{ whole: Math.ceil }, 'You rounded up: take the nearest integer.'],
  [{ whole: x => x }, 'These are not whole numbers: round before you add Z_y.'],
];

const places = ['first', 'second'] as const;

/** Mistakes in one of the two values alone. */
const onOneSide = places.flatMap((side): (readonly [slips: AdditionSlips, hint: string])[] => {
  const only =
    (real: (q: number, grid: OutputGrid) => number): AdditionSlips['real'] =>
    (q, grid, place) =>
      place === side ? real(q, grid) : grid.scale * (q - grid.zeroPoint);
  const of = `of the ${side} value`;
  return [
    [{ real: only((q, { scale }) => scale * q) }, `The zero point ${of} is missing: it stands for S · (q - Z).`],
    [{ real: only((q, { scale, zeroPoint }) => scale * (q + zeroPoint)) }, `The zero point ${of} has the wrong sign: S · (q - Z).`],
    [{ real: only((q, { zeroPoint }) => q - zeroPoint) }, `The scale ${of} is missing: it stands for S · (q - Z).`],
    [{ real: only((q, { scale, zeroPoint }) => (q - zeroPoint) / scale) }, `Multiply by the scale ${of}; you divided.`],
    [
      { real: only((q, { scale, zeroPoint }) => scale * (zeroPoint - q)) },
      `The sign ${of} is wrong: it stands for S · (q - Z), and is added.`,
    ],
    [{ real: only(() => 0) }, `Nothing ${of} is in the sum: S · (q - Z) of both is added.`],
    [{ real: only((q, { scale }) => scale * (q - scale)) }, `You took the scale ${of} away where its zero point belongs: S · (q - Z).`],
  ];
});

/** What may be wrong with a sum. */
function additionMistakes(one: Addition, got: readonly unknown[]): [unknown, string][] {
  const { a, b, out } = one;
  const as = (changed: { readonly a?: OutputGrid; readonly b?: OutputGrid }): number[] =>
    integerAdd({ a: { ...a, ...changed.a }, b: { ...b, ...changed.b }, out });
  const rounded = ({ q, scale, zeroPoint }: OnGrid): number[] => q.map(stored => Math.round((scale * (stored - zeroPoint)) / out.scale));
  const second = rounded(b);
  const asTheyAre = a.q.map((q, i) => q + (b.q[i] as number));
  const unlike = 'Integers of different grids cannot be added as they are: each stands for S · (q - Z).';
  return [
    ...[...mistakes, ...onOneSide].map(([slips, hint]): [unknown, string] => [integerAdd(one, slips), hint]),
    [asTheyAre.map(int8), unlike],
    [asTheyAre.map(wrap), unlike],
    [asTheyAre, unlike],
    [integerAdd({ ...one, out: { ...out, zeroPoint: a.zeroPoint } }), 'You added the zero point of the first value last: add Z_y.'],
    [integerAdd({ ...one, out: { ...out, zeroPoint: b.zeroPoint } }), 'You added the zero point of the second value last: add Z_y.'],
    [integerAdd(one, { whole: x => Math.round(x * out.scale - out.scale) }), 'Divide by the scale of the sum, S_y; you took it away.'],
    [as({ b: { scale: a.scale, zeroPoint: a.zeroPoint } }), 'You read the second value on the grid of the first: each has its own.'],
    [as({ b: { scale: a.scale, zeroPoint: b.zeroPoint } }), 'You used the scale of the first value for both: each has its own.'],
    [as({ b: { scale: b.scale, zeroPoint: a.zeroPoint } }), 'You used the zero point of the first value for both: each has its own.'],
    [as({ a: { scale: b.scale, zeroPoint: a.zeroPoint } }), 'You used the scale of the second value for both: each has its own.'],
    [as({ a: { scale: a.scale, zeroPoint: b.zeroPoint } }), 'You used the zero point of the second value for both: each has its own.'],
    [rounded(a).map((first, i) => int8(first + (second[i] as number) + out.zeroPoint)), 'Round once, after the two are added.'],
    ...seenInLayer(got, integerAdd(one), { outputZeroPoint: out.zeroPoint }),
  ];
}

/** Asks for the addition. */
export async function askAddition(q: Examiner): Promise<void> {
  for (const one of q.cases(6, addition)) {
    const { a, b, out } = one;
    const got = q.asList(await q.call('integerAdd', a, b, out));
    q.equal(got, integerAdd(one), {
      asked: 'integerAdd(a, b, out)',
      known: additionMistakes(one, got),
      hint: 'round((S_a · (a - Z_a) + S_b · (b - Z_b)) / S_y) + Z_y for each pair, clamped to -128 … 127.',
    });
  }
}
