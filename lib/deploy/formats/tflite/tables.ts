import { factors } from '../../factors.ts';
import { clamped, fixedPoint, scaled } from '../../fixed-point.ts';
import { hardSwishEntries } from '../../hard-swish-entries.ts';
import { firstOf, realTable, sigmoid32, type TableGrid } from '../../real-table.ts';
import { refuseTflite } from './refuse.ts';

// Functions of 8-bit integers as tables of 256 entries that begin with the smallest, each entry what LiteRT's reference kernel computes.

const { fround } = Math;

/** f at each integer, kept in the output's type. */
const tableOf = (x: TableGrid, y: TableGrid, at: (q: number) => number): readonly number[] =>
  Array.from({ length: 256 }, (_, i) => clamped(at(firstOf(x) + i), firstOf(y), firstOf(y) + 255));

const full = (y: TableGrid): TableGrid & { low: number; high: number } => ({ ...y, low: firstOf(y), high: firstOf(y) + 255 });

export const logisticTable = (x: TableGrid, y: TableGrid): readonly number[] => realTable(sigmoid32, x, full(y));
export const tanhTable = (x: TableGrid, y: TableGrid): readonly number[] => realTable(Math.tanh, x, full(y));

/** x where x ≥ 0, else slope · x, each with a multiplier of its own. LiteRT, `reference/leaky_relu.h`. */
export function leakyReluTable(x: TableGrid, y: TableGrid, slope: number): readonly number[] {
  const [positive, negative] = [fixedPoint(factors.relu(x.scale, y.scale)), fixedPoint(factors.leakyRelu(x.scale, slope, y.scale))];
  return tableOf(x, y, q => {
    const { multiplier, shift } = q >= x.zeroPoint ? positive : negative;
    return y.zeroPoint + scaled(q - x.zeroPoint, multiplier, shift);
  });
}

/**
 * x · relu6(x + 3) / 6 in integers of 16 bits.
 * @throws LabError `deploy/tflite` for an output's scale that LiteRT refuses.
 */
export function hardSwishTable(x: TableGrid, y: TableGrid, where: string): readonly number[] {
  const entries = hardSwishEntries(x, full(y));
  return entries ?? refuseTflite(`${where}: the output's scale is too fine for the input's.`, 'Calibrate the network again.');
}

/** A slope with which LEAKY_RELU has this table, if there is one: entries only fall as the slope grows, so that halving finds it by their sum. */
export function slopeOf(entries: ArrayLike<number>, x: TableGrid, y: TableGrid): number | undefined {
  const sum = (list: ArrayLike<number>): number => Array.from(list).reduce((total, entry) => total + entry, 0);
  const wanted = sum(entries);
  let [low, high] = [0, 64];
  for (let i = 0; i < 64; i++) {
    const slope = fround((low + high) / 2);
    const table = leakyReluTable(x, y, slope);
    if (table.every((entry, q) => entry === entries[q])) return slope;
    if (sum(table) > wanted) low = slope;
    else high = slope;
  }
  return undefined;
}
