import type { KnownMistakes, NDArray } from 'tinylab';
import {
  averageStatistics,
  encodeColumn,
  firstChannels,
  maskedStep,
  type Statistics,
  type Step,
  type StepInput,
  snipScores,
  sum,
  zeroShares,
} from './reference.ts';

// Slips that students make less often than those beside the questions: the wrong value, and what to look at. Each is told by what was seen in it.

/** Wrong values of packedRatio: how many times smaller four 16-bit weights are as two, with an index of 2 bits each. */
export const packedSlips: KnownMistakes = [
  [-64 / 36, 'Bits are not below 0: look at the sign.'],
  [64 / 34, 'That is the ratio with a single index of 2 bits: each of the two kept weights has one.'],
  [64 / 28, 'The indices are stored besides the weights: add their bits, do not take them away.'],
  [16 / 36, 'That is one dense weight over the packed group: four weights are packed.'],
  [4 / 36, 'Those are four weights, not their bits: each takes 16.'],
  [64, 'Those are the dense bits. Divide them by the packed bits.'],
  [36, 'Those are the packed bits. Divide the dense bits by them.'],
  [64 / 4, 'You left out the kept weights: their 16 bits are stored, not only their indices.'],
  [64 * 36, 'You multiplied. A ratio is dense bits divided by packed bits.'],
  [1, 'That says that nothing is saved. The ratio is no whole number: do not cut it off.'],
  [48 / 36, 'That is three dense weights over the packed group: four weights are packed.'],
  [64 / 52, 'That is the ratio where three weights of a group are kept. Two are.'],
  [64 / 68, 'That is the ratio where all four weights of a group are kept. Two are.'],
];

/** Wrong values of eieBytes: 1,000 weights and 200 fillers of 32 bits, each with an index of 4 bits. */
export const eieSlips: KnownMistakes = [
  [-5400, 'Bytes are not below 0: look at the sign.'],
  [345_600, 'A byte has 8 bits: divide the bits by 8, do not multiply.'],
  [10_800, 'That is twice too many: a byte has 8 bits, not 4.'],
  [4200, 'A value and its index are stored side by side: add their bits, do not take them away.'],
  [3600, 'Fillers are stored besides the kept values: add them, do not take them away.'],
  [900, 'Those are the fillers alone. The kept values are stored, too.'],
  [600, 'Those are the indices alone. Each entry has a value, too.'],
  [150, 'Those are entries divided by 8. Each entry takes bits: a value and its index.'],
  [154.5, 'Entries times the bits of each: multiply, do not add.'],
  [1200, 'That is how many entries there are. Each takes a value and an index.'],
  [900_000, 'Kept values and fillers are entries side by side: add their numbers, do not multiply.'],
  [5508, 'A thousand is 1000 here, not 1024.'],
  [5550, 'That is 37 bits for each entry: a value and its index are 36.'],
  [43.2, 'Those are thousands of bits. The question asks for bytes.'],
  [5.4, 'Those are thousands of bytes. The question asks for bytes.'],
  [45_000, 'That is the size with all 10,000 weights stored and no filler. Only 1,000 are kept.'],
];

/** Wrong codes of a column. */
export function columnSlips(column: readonly number[]): KnownMistakes {
  const { values, zeros } = encodeColumn(column);
  return [
    [encodeColumn(column.slice(1)), 'The first number of the column is left out.'],
    [encodeColumn(column.slice(0, 1)), 'Only the first number of the column is encoded.'],
    [{ values: values.slice(0, -1), zeros: zeros.slice(0, -1) }, 'The last value that is not 0 is left out.'],
  ];
}

/** Wrong SNIP scores of weights, in one row. */
export function snipSlips(weight: NDArray, gradient: NDArray): KnownMistakes {
  const scored = (score: (w: number, g: number) => number): number[] => [...snipScores(weight, gradient, { score }).data];
  const sizes = Array.from(weight.data, (w, i) => Math.abs(w * (gradient.data[i] as number)));
  const [total, first, last] = [sum(sizes), sizes[0] as number, sizes.at(-1) as number];
  const by = (divisor: number): number[] => sizes.map(size => size / divisor);
  return [
    [scored((w, g) => Math.abs(w / g)), 'You divided w by dL/dw. Removing a weight changes the loss by about their product.'],
    [scored((w, g) => Math.abs(w + g)), 'You added w and dL/dw. Removing a weight changes the loss by about their product.'],
    [scored(w => w ** 2), 'That is w · w: the gradient is left out.'],
    [scored((_, g) => g ** 2), 'That is dL/dw · dL/dw: the weight is left out.'],
    [sizes.map(size => size - total), 'You took the sum of all scores away. Divide by it.'],
    [sizes.map(size => size * total), 'You multiplied by the sum of all scores. Divide by it.'],
    [by(total + 1), 'What you divide by is 1 too large: a sum begins at 0.'],
    [by(total - first), 'The first score is missing from the sum that you divide by.'],
    [by(total - last), 'The last score is missing from the sum that you divide by.'],
    [by(first), 'You divided by the first score alone. Divide by the sum of all.'],
    [by(last), 'You divided by the last score alone. Divide by the sum of all.'],
    [by(2 * last), 'You divided by twice the last score. Divide by the sum of all.'],
  ];
}

/** Wrong shares of zeros of activations [batch, height, width, channels]. */
export function zeroSlips(values: NDArray): KnownMistakes {
  const { shape, data } = values;
  const right = zeroShares(values);
  const one = right.length / data.length;
  const over = (axis: number): number[] => zeroShares({ ...values, shape: [1, 1, 1, shape[axis] as number] } as NDArray);
  return [
    ...[0, 1, 2].map(axis => [over(axis), `You took axis ${axis} for the channels. They are the last axis, 3.`] as const),
    [right.map(share => share + one), 'Each of your counts is 1 too high: begin at 0.'],
    [right.map(share => (share > 0 ? one : 0)), 'Your counts go no further than 1: add 1 to what a channel has already.'],
    [right.map(() => one), 'That is 1 divided by the number of values in a channel: the count is missing.'],
    [right.map((_, c) => (c === 0 && data[0] === 0 ? one : 0)), 'Only the first value of all is counted.'],
  ];
}

const mean = (values: readonly number[]): number => sum(values) / values.length;

interface Reading {
  /** Where the value of a row and a channel stands in a batch of [rows, channels]. */
  readonly place?: (row: number, channel: number, size: { readonly rows: number; readonly channels: number }) => number;
  /** How many rows are read, by the shape of a batch. */
  readonly rows?: (shape: readonly number[]) => number;
  /** The mean of a channel's values in a batch. */
  readonly own?: (column: readonly number[]) => number;
}

/** Statistics of batches that are read in another way. */
function readAs(batches: readonly NDArray[], { place, rows, own = mean }: Reading): Statistics {
  const each = batches.map(({ shape, data }) => {
    const [length = 0, channels = 0] = shape;
    const columns = firstChannels(channels).map(c =>
      Array.from(
        { length: rows?.(shape) ?? length },
        (_, row) => data[place?.(row, c, { rows: length, channels }) ?? row * channels + c] as number,
      ),
    );
    return columns.map(column => ({ mean: own(column), variance: mean(column.map(v => (v - own(column)) ** 2)) }));
  });
  const average = (of: keyof Statistics): number[] =>
    firstChannels(batches[0]?.shape[1] ?? 0).map(c => mean(each.map(stats => stats[c]?.[of] as number)));
  return { mean: average('mean'), variance: average('variance') };
}

/** Wrong statistics of batches [n, channels]. */
export function statisticsSlips(batches: readonly NDArray[]): KnownMistakes {
  const right = averageStatistics(batches);
  const each = ({ mean, variance }: Statistics, of: (value: number, c: number) => number): Statistics => ({
    mean: mean.map(of),
    variance: variance.map(of),
  });
  const part = (some: readonly NDArray[]): Statistics => each(averageStatistics(some), v => (v * some.length) / batches.length);
  return [
    [part(batches.slice(0, 1)), 'Only the first batch is in it: go on to the last one.'],
    [part(batches.slice(0, -1)), 'The last batch is left out of the sum.'],
    [part(batches.slice(1)), 'The first batch is left out of the sum.'],
    [averageStatistics(batches.slice(0, 1)), 'Those are the statistics of the first batch alone.'],
    [averageStatistics(batches.slice(0, -1)), 'The last batch is left out.'],
    [averageStatistics(batches.slice(1)), 'The first batch is left out.'],
    [part(batches.slice(-1)), 'Only the last batch is in it: add the batches up.'],
    [each(right, (v, c) => (c === 0 ? v : 0)), 'Only the first channel is filled in: go on to the last one.'],
    [
      each(part(batches.slice(0, 1)), (v, c) => (c === 0 ? v : 0)),
      'Only the first channel of the first batch is in it: go on with the others.',
    ],
    [{ mean: [0], variance: [0] }, 'A single 0 came: how many channels there are is axis 1 of a batch, counted from 0.'],
    ...readingSlips(batches),
  ];
}

/** Wrong statistics of batches whose values are read at other places, or whose means are worked out otherwise. */
function readingSlips(batches: readonly NDArray[]): KnownMistakes {
  const rounded = (round: (value: number) => number): Statistics => readAs(batches, { own: column => round(mean(column)) });
  return [
    [
      readAs(batches, { place: (row, c, { channels }) => c * channels + row }),
      'You read rows as columns: the value of a row and a channel stands at row · channels + channel.',
    ],
    [
      readAs(batches, { place: (row, c, { rows }) => c * rows + row }),
      'You took the values of a channel to stand in a row: the value of a row and a channel stands at row · channels + channel.',
    ],
    [
      readAs(batches, { place: (row, c) => row + c }),
      'A row has as many values as there are channels: one row further is channels places further.',
    ],
    [
      readAs(batches, { place: (row, _, { channels }) => row * channels }),
      'Every channel has the statistics of the first one: which value of the row do you read?',
    ],
    [
      readAs(batches, { place: (row, c, { channels }) => row * channels + c + 1 }),
      'You read one place too far: the first channel is at 0.',
    ],
    [
      readAs(batches, { rows: shape => shape[1] as number }),
      'You read as many rows as there are channels. A batch has as many rows as axis 0 says.',
    ],
    [rounded(Math.round), 'The mean of a batch is rounded: nothing should be rounded here.'],
    [rounded(Math.floor), 'The mean of a batch is cut off: nothing should be rounded here.'],
    [
      readAs(batches, { own: column => sum(column.slice(0, -1)) / column.length }),
      'The last row is missing from the sum of a batch: its mean is over all rows.',
    ],
    [
      readAs(batches, { own: column => sum(column.slice(1)) / column.length }),
      'The first row is missing from the sum of a batch: its mean is over all rows.',
    ],
    [readAs(batches, { own: column => (column[0] as number) / column.length }), 'Only the first row is in the mean of a batch.'],
  ];
}

/** Wrong steps with momentum: the mask is right, the velocity is not. */
export function velocitySlips({ weight, velocity, gradient, mask }: StepInput, rate: number): KnownMistakes {
  // from rest the velocity becomes the gradient
  const still = velocity.map(() => 0);
  const moved = (of: (v: number, i: number) => number): Step =>
    maskedStep({ weight, velocity: still, gradient: velocity.map(of), mask }, rate);
  const at = (i: number): number => gradient[i] ?? Number.NaN;
  return [
    [moved((v, i) => 0.9 * v + at(i + 1)), 'You took the gradient of the next weight for each of them.'],
    [moved((v, i) => 0.9 * v + at(i - 1)), 'You took the gradient of the weight before for each of them.'],
    [moved((v, i) => 0.9 * v * at(i)), 'The gradient is added to the velocity, not multiplied with it.'],
    [moved((v, i) => 0.9 / v + at(i)), 'The velocity keeps 0.9 of what it was: multiply by it, do not divide.'],
    [moved((_, i) => 0.9 + at(i)), 'The velocity is missing: 0.9 · velocity + gradient.'],
    [moved((v, i) => 0.9 + v + at(i)), 'The velocity keeps 0.9 of what it was: multiply, do not add.'],
    [moved((v, i) => 0.9 * v - at(i)), 'The gradient is added to the velocity, not taken away.'],
    [moved((v, i) => v + at(i)), 'The velocity keeps 0.9 of what it was, not all of it.'],
  ];
}
