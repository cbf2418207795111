import { factors } from '../../factors.ts';
import { clamped, fixedPoint, scaled } from '../../fixed-point.ts';
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

const saturated16 = (x: number): number => clamped(x, -(2 ** 15), 2 ** 15 - 1);

/** round(a · b / 2^15) for 16-bit integers, halves away from zero but for negative ones, which go up. */
const highProduct = (a: number, b: number): number => saturated16(Math.trunc((a * b + (a * b >= 0 ? 2 ** 14 : 1 - 2 ** 14)) / 2 ** 15));

const shiftedRight = (x: number, exponent: number): number => {
  const rest = x & (2 ** exponent - 1);
  return (x >> exponent) + (rest > ((2 ** exponent - 1) >> 1) + (x < 0 ? 1 : 0) ? 1 : 0);
};

/** The upper 16 bits of a multiplier. */
const reduced = (multiplier: number): number => (multiplier >= 2 ** 31 - 1 - 2 ** 15 ? 2 ** 15 - 1 : (multiplier + 2 ** 15) >> 16);

/** x · relu6(x + 3) / 6 in integers of 16 bits. LiteRT, `reference/hard_swish.h`. */
export function hardSwishTable(x: TableGrid, y: TableGrid, where: string): readonly number[] {
  const fine = fround(x.scale / 128);
  const output = fixedPoint(fround(fine / y.scale));
  const gate = fixedPoint(fround(fine / fround(3 / 32768)));
  if (output.shift > 0) refuseTflite(`${where}: the output's scale is too fine for the input's.`, 'Calibrate the network again.');
  return tableOf(x, y, q => {
    const value = saturated16((q - x.zeroPoint) * 128);
    let reluish = value;
    if (gate.shift > 0) reluish = saturated16(reluish * 2 ** (gate.shift - 1));
    reluish = highProduct(reluish, reduced(gate.multiplier));
    if (gate.shift > 0) reluish = saturated16(reluish * 2);
    if (gate.shift < 0) reluish = shiftedRight(reluish, -gate.shift);
    const open = (reluish + 2 ** 15) >> 1;
    const product = saturated16(Math.trunc((open * highProduct(value, reduced(output.multiplier))) / 2 ** 15));
    return shiftedRight(product, -output.shift) + y.zeroPoint;
  });
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
