import { array, type NDArray, normal, type Question, question, type Random } from 'tinylab';
import { rowScaleSlips, scaleMistakes, zeroPointMistakes } from './grid-slips.ts';
import { ends, type Grid, gridOf, type LinearSlips, linear } from './reference.ts';
import { holdsNaN, near, ofOtherLength, where, wrongOnlyAt } from './seen.ts';

// Questions 5 to 7: integers with a scale, where their grid lies, and how many values share one.

/** A grid and values for it, some of them beyond its ends; none is half-way between two integers. */
function gridded(rng: Random, i: number): { values: number[]; grid: Grid } {
  const bits = [2, 8, 4, 3, 5, 8][i % 6] as number;
  const [low, high] = ends(bits);
  const scale = rng.pick([0.013, 0.21, 1.7]);
  const zeroPoint = rng.int(low, high - 1) || 1;
  const reach = 2 ** bits;
  const values = Array.from({ length: rng.int(10, 20) }, () => scale * (rng.int(-reach, reach) + rng.uniform(-0.35, 0.35)));
  return { values: [...values, scale * (-reach - 0.3), scale * (reach + 0.3)], grid: { bits, scale, zeroPoint } };
}

const quantizeMistakes: readonly (readonly [slips: LinearSlips, hint: string])[] = [
  [{ whole: Math.trunc }, 'You cut off: take the nearest integer.'],
  [{ whole: Math.floor }, 'You rounded down: take the nearest integer.'],
  [{ whole: Math.ceil }, 'You rounded up: take the nearest integer.'],
  [{ whole: x => x }, 'These are not whole numbers: round before you clamp.'],
  [{ clamp: q => q }, 'Some lie beyond the integers that the bits hold: clamp to -2^(b-1) … 2^(b-1) - 1.'],
  [{ sign: -1 }, 'The zero point has the wrong sign: r = S · (q - Z), so q = r / S + Z.'],
  [{ sign: 0 }, 'The zero point is missing: 0 becomes Z.'],
  [{ unsigned: true }, 'You clamped to 0 … 2^b - 1. These integers are signed.'],
  [{ clamp: (q, low, high) => Math.min(high + 1, Math.max(low, q)) }, 'The largest integer of b bits is 2^(b-1) - 1: one less.'],
  [{ clamp: (q, _, high) => Math.min(high, Math.max(-high, q)) }, 'The smallest integer of b bits is -2^(b-1): you stop one above it.'],
  [{ steps: (r, scale) => r * scale }, 'Divide by the scale: how many steps is r from 0?'],
  [
    { clamp: (q, low, high) => low + ((((q - low) % (high - low + 1)) + (high - low + 1)) % (high - low + 1)) },
    'Values beyond the ends wrapped around. Clamp them: they become the end that they passed.',
  ],
];

/** Whether values are what no clamp had left, clamped to other ends: to the smallest and the largest that came. */
function clampedElsewhere(got: readonly unknown[], free: readonly number[]): boolean {
  const list = got.map(Number);
  const [low, high] = [Math.min(...list), Math.max(...list)];
  return list.length === free.length && list.every((value, i) => near(value, Math.min(high, Math.max(low, free[i] as number))));
}

/** What is seen of an answer to `linearQuantize`. */
function seenInIntegers(got: readonly unknown[], values: readonly number[], grid: Grid): [unknown, string][] {
  const right = linear(values, grid);
  const [low, high] = ends(grid.bits);
  const free = linear(values, grid, { clamp: q => q });
  const beyond = (i: number): boolean => (free[i] as number) <= low || (free[i] as number) >= high;
  const moved = (by: number): number[] => right.map(q => q + by);
  return [
    [
      where(wrongOnlyAt(got, right, beyond), got),
      'Values between the ends are right; those at the ends are not. b bits hold -2^(b-1) … 2^(b-1) - 1, and what lies beyond becomes the end that it passed.',
    ],
    [where(ofOtherLength(got, right), got), 'There is one integer for each value, in the same order.'],
    [where(wrongOnlyAt(got, moved(-1), beyond), got), 'All are one too small between the ends.'],
    [where(wrongOnlyAt(got, moved(1), beyond), got), 'All are one too large between the ends.'],
    [linear(values, { ...grid, scale: 1 }), 'The scale is missing: how many steps of S is r from 0?'],
    [linear(values, { ...grid, scale: grid.bits }), 'You divided by the bits. Divide by the scale.'],
    [linear(values, { ...grid, zeroPoint: grid.bits }), 'You added the bits. Add the zero point.'],
    [linear(values, { ...grid, zeroPoint: high }), 'You added the largest integer. Add the zero point.'],
    [where(new Set(got).size === 1, got), 'All values become the same integer. Between the ends q = round(r / S) + Z moves with r.'],
    [where(holdsNaN(got), got), 'Something is no number: is one of bits, scale and zeroPoint read under another name?'],
    [linear(values, grid, { steps: (r, scale) => r - scale }), 'Divide by the scale; you took it away.'],
    [linear(values, grid, { steps: (r, scale) => r + scale }), 'Divide by the scale; you added it.'],
    [
      where(clampedElsewhere(got, free), got),
      'Your integers are right between your own ends, but these ends are others than -2^(b-1) and 2^(b-1) - 1: work both out for 2 bits, and look at which is the minimum and which the maximum.',
    ],
  ];
}

const quantization = question(
  'linear-quantize',
  { points: 6, title: 'Linear quantization', uses: ['linearQuantize'], withhold: ['quantizeValue', 'quantizeWeights', 'affineFormat'] },
  async q => {
    for (const { values, grid } of q.cases(8, gridded)) {
      const got = [...q.asList(await q.call('linearQuantize', values, grid))];
      q.equal(got, linear(values, grid), {
        known: [
          ...quantizeMistakes.map(([slips, hint]) => [linear(values, grid, slips), hint] as const),
          ...seenInIntegers(got, values, grid),
        ],
        hint: 'q = clamp(round(r / S) + Z, -2^(b-1), 2^(b-1) - 1), each value by itself.',
      });
    }
  },
);

/** Values whose range does, or does not, hold 0; some all alike. */
function ranged(rng: Random, i: number): { values: number[]; bits: number } {
  const bits = [8, 4, 2, 8, 3, 4, 8, 5][i % 8] as number;
  for (;;) {
    const n = rng.int(5, 12);
    const spread = rng.pick([0.02, 1, 30]);
    const shift = [0, 3, -3, 0.4, -0.7, 0, 2, -2][i % 8] as number;
    const values =
      i % 8 >= 6 ? Array.from({ length: n }, () => shift * spread) : Array.from(normal(rng, [n]).data, v => spread * (0.6 * v + shift));
    const { scale } = gridOf(values, bits);
    const exact = ends(bits)[0] - Math.min(0, ...values) / scale;
    const beside = ends(bits)[1] - Math.max(0, ...values) / scale;
    if ([exact, beside].every(z => Math.abs(z - Math.floor(z) - 0.5) > 0.02)) return { values, bits };
  }
}

const choice = question(
  'scale-and-zero-point',
  {
    points: 6,
    title: 'Scale and zero point',
    uses: ['scaleAndZeroPoint'],
    withhold: ['scaleAndZeroPoint', 'affineFormat', 'quantizeValue'],
  },
  async q => {
    for (const { values, bits } of q.cases(10, ranged)) {
      const got = await q.call('scaleAndZeroPoint', values, bits);
      const [scale, zeroPoint] = [q.asNumber(q.field(got, 'scale')), q.asNumber(q.field(got, 'zeroPoint'))];
      const right = gridOf(values, bits);
      q.close(scale, right.scale, {
        asked: 'the scale of scaleAndZeroPoint(values, bits)',
        known: scaleMistakes(values, bits, scale),
        hint: 'S = (high - low) / (2^b - 1), with low = min(0, smallest) and high = max(0, largest).',
      });
      q.equal(zeroPoint, right.zeroPoint, {
        asked: 'the zero point of scaleAndZeroPoint(values, bits)',
        known: zeroPointMistakes(values, bits, zeroPoint),
        hint: 'Z = round(-2^(b-1) - low / S), clamped to the integers that b bits hold.',
      });
    }
  },
);

/** The largest magnitude of each row, or column, of a matrix. */
function reaches({ shape: [rows = 0, columns = 0], data }: NDArray, along: 'row' | 'column'): number[] {
  const own = along === 'row' ? rows : columns;
  return Array.from({ length: own }, (_, k) =>
    Math.max(
      ...Array.from(data)
        .filter((__, i) => (along === 'row' ? Math.floor(i / columns) : i % columns) === k)
        .map(Math.abs),
    ),
  );
}

const matrix = (rng: Random): NDArray => {
  const [rows, columns] = [rng.int(3, 6), rng.int(7, 9)];
  return array(
    [rows, columns],
    Float32Array.from(normal(rng, [rows, columns]).data, (v, i) => v * (Math.floor(i / columns) + 0.5)),
  );
};

const granularity = question(
  'per-channel',
  { points: 4, title: 'One scale, or one a channel', uses: ['channelScales', 'errorsShrink'] },
  async q => {
    await q.part('scales', { points: 3 }, async () => {
      for (const [i, weight] of q.cases(5, matrix).entries()) {
        const bits = [8, 4, 2, 3, 8][i] as number;
        const of = (by: number[], steps = 2 ** (bits - 1) - 1): number[] => by.map(reach => reach / steps);
        const rows = reaches(weight, 'row');
        const all = rows.map(() => Math.max(...rows));
        const got = q.asList(await q.call('channelScales', weight, bits));
        q.close(got, of(rows), {
          asked: 'channelScales(weight, bits)',
          known: [
            [of(reaches(weight, 'column')), 'Those are scales of the inputs. An output channel is a row of the weight here.'],
            [of(all), 'That is one scale for the whole weight. Each row has its own largest magnitude.'],
            [[(all[0] as number) / (2 ** (bits - 1) - 1)], 'That is one scale for the whole weight. Each row has its own.'],
            [of(rows, 2 ** (bits - 1)), 'The largest integer is 2^(b-1) - 1: the largest magnitude becomes that.'],
            [of(rows, 2 ** bits - 1), 'A symmetric grid has 2^(b-1) - 1 steps on each side of 0.'],
            [rows, 'Those are the largest magnitudes. Divide by the largest integer, 2^(b-1) - 1.'],
            ...rowScaleSlips(weight, bits, got),
          ],
          hint: 'For each row: the largest |w| divided by 2^(b-1) - 1.',
        });
      }
    });
    await q.part('why', { points: 1 }, async () => {
      await q.choice('errorsShrink', 'b', {
        a: 'The number of bits is the same, and so is the number of integers in each row.',
        c: 'Zero points are 0 in both: the grids are symmetric.',
        d: 'Rounding is the same: at most half a step. What differs is how large a step is.',
      });
    });
  },
);

export const linearQuestions: readonly Question[] = [quantization, choice, granularity];
