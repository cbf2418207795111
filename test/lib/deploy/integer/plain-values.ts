import { ends } from '../../../../lib/deploy/integer/stored.ts';
import { sigmoidTable } from '../../../../lib/deploy/integer/tables-16.ts';
import { at, element, type Plain, type PlainStep, places, type Settings, stored } from './plain-layers.ts';
import { narrowScaled } from './plain-numbers.ts';

// The ops that compute single values, or choose and move them, once more.

const number = (a: Settings, key: string): number => a[key] as number;
const list = (a: Settings, key: string): readonly number[] => a[key] as number[];

/** The element that an operand has for an output place: its axes count from the last, those of length 1 repeat. */
const stretchedAt = (operand: Plain, index: readonly number[]): number => {
  const own = index.slice(index.length - operand.shape.length).map((i, axis) => (operand.shape[axis] === 1 ? 0 : i));
  return Number(element(operand, own));
};

const pairs = ({ x, y }: PlainStep): [bigint, bigint][] =>
  [...places(y.shape)].map(index => [BigInt(stretchedAt(x[0] as Plain, index)), BigInt(stretchedAt(x[1] as Plain, index))]);

export const sum =
  (sign: bigint) =>
  (step: PlainStep): number[] => {
    const { a } = step;
    const side = (value: bigint, name: 'a' | 'b'): bigint => {
      const moved = (value - BigInt(number(a, `${name}ZeroPoint`))) << BigInt(number(a, 'leftShift'));
      return narrowScaled(moved, BigInt(number(a, `${name}Multiplier`)), BigInt(number(a, `${name}Shift`)));
    };
    return pairs(step).map(([left, right]) => stored(side(left, 'a') + sign * side(right, 'b'), a));
  };

export const multiply = (step: PlainStep): number[] =>
  pairs(step).map(([left, right]) =>
    stored((left - BigInt(number(step.a, 'aZeroPoint'))) * (right - BigInt(number(step.a, 'bZeroPoint'))), step.a),
  );

export const requantize = ({ x: [x], a }: PlainStep): number[] =>
  Array.from((x as Plain).data as Int8Array, value => stored(BigInt(value) - BigInt(number(a, 'inputZeroPoint')), a));

export const lookup = ({ x: [x, table] }: PlainStep): number[] =>
  Array.from(
    (x as Plain).data as Int8Array,
    value => (table as Plain).data[value - ((ends[(x as Plain).type as 'int8'] as readonly number[])[0] as number)] as number,
  );

/**
 * σ or tanh of 16 bits in whole numbers: σ between 256 values, 1/24 apart, on straight lines, to 16 bits and 7 or 8 more, then rounded. Beyond them 1 less a step.
 */
export const wideFunction =
  (of: 'sigmoid' | 'tanh') =>
  ({ x: [x], a }: PlainStep): number[] => {
    const [multiplier, shift] = [BigInt(number(a, 'multiplier')), BigInt(number(a, 'shift'))];
    const [entries, unit] = [sigmoidTable(), of === 'tanh' ? 256n : 512n];
    return Array.from((x as Plain).data as Int16Array, q => {
      const place = (BigInt(q) * multiplier + (shift > 0n ? 1n << (shift - 1n) : 0n)) >> shift;
      const far = place < 0n ? -place : place;
      const [left, right] = [0n, 1n].map(next => BigInt(entries[Number(far / unit + next)] ?? 65535)) as [bigint, bigint];
      const inside = left * unit + (far % unit) * (right - left);
      if (of === 'sigmoid') {
        const magnitude = far / unit >= 255n ? 32767n * 1024n : inside;
        return Number((place >= 0n ? magnitude + 512n : 2n ** 25n - magnitude + 511n) >> 10n);
      }
      const magnitude = (far / unit >= 255n ? 65535n * 256n : inside) - 2n ** 23n;
      return Number((place >= 0n ? magnitude + 128n : -magnitude + 127n) >> 8n);
    });
  };

const clamp = (value: number, a: Settings): number => Math.max(number(a, 'low'), Math.min(number(a, 'high'), value));

/** Halves away from zero, the quotient in float32. */
export const quantize = ({ x: [x], a }: PlainStep): number[] =>
  Array.from((x as Plain).data as Float32Array, value => {
    const quotient = Math.fround(value / number(a, 'scale'));
    const near = Math.trunc(quotient) + (Math.abs(quotient - Math.trunc(quotient)) >= 0.5 ? Math.sign(quotient) : 0);
    return clamp(near + number(a, 'outputZeroPoint'), a);
  });

export const dequantize = ({ x: [x], a }: PlainStep): number[] =>
  Array.from((x as Plain).data as Int8Array, q => Math.fround(number(a, 'scale') * (q - number(a, 'inputZeroPoint'))));

/** The values of each window that lie in the image. */
export const pool =
  (reduce: (values: number[]) => number) =>
  ({ x: [x], y, a }: PlainStep): number[] =>
    [...places(y.shape)].map(([n = 0, row = 0, column = 0, c = 0]) => {
      const values = [...places(list(a, 'window'))].flatMap(([i = 0, j = 0]) => {
        const place = [row, column].map(
          (o, s) => o * (list(a, 'strides')[s] as number) + ([i, j][s] as number) - (list(a, 'padding')[s] as number),
        );
        return Number(at(x as Plain, [n, ...place, c]) ?? Number.NaN);
      });
      return clamp(reduce(values.filter(value => !Number.isNaN(value))), a);
    });

export const averageOf = (values: number[]): number => {
  const total = values.reduce((left, right) => left + right, 0);
  const half = Math.trunc(values.length / 2);
  return Math.trunc((total > 0 ? total + half : total - half) / values.length);
};

/** TensorFlow Lite, `integer_ops/mean.h`: the multiplier is divided by the count, with as many bits as fit. */
export const mean = ({ x: [x], y, a }: PlainStep): number[] => {
  const { shape } = x as Plain;
  const axes = list(a, 'axes');
  const sums = new Map<string, bigint>();
  for (const index of places(shape)) {
    const key = index.filter((_, axis) => !axes.includes(axis)).join();
    sums.set(key, (sums.get(key) ?? 0n) + (at(x as Plain, index) as bigint) - BigInt(number(a, 'inputZeroPoint')));
  }
  const count = BigInt(axes.reduce((product, axis) => product * (shape[axis] as number), 1));
  const shift = BigInt(list(a, 'shift')[0] as number);
  // 63 - CountLeadingZeros(count), at most 32, at most 31 + shift
  const bits = [BigInt(count.toString(2).length - 1), 32n, 31n + shift].reduce((least, value) => (value < least ? value : least));
  const multiplier = (BigInt(list(a, 'multiplier')[0] as number) << bits) / count;
  const values = [...sums.values()].map(total =>
    clamp(Number(narrowScaled(BigInt.asIntN(32, total), multiplier, shift - bits)) + number(a, 'outputZeroPoint'), a),
  );
  return values.length === y.data.length ? values : [];
};

export const reshape = ({ x: [x] }: PlainStep): number[] => Array.from((x as Plain).data as Int8Array);

export const transpose = ({ x: [x], y, a }: PlainStep): number[] =>
  [...places(y.shape)].map(index => {
    const from: number[] = [];
    for (const [i, axis] of list(a, 'permutation').entries()) from[axis] = index[i] as number;
    return Number(at(x as Plain, from));
  });

export const slice = ({ x: [x], y, a }: PlainStep): number[] =>
  [...places(y.shape)].map(index =>
    Number(
      at(
        x as Plain,
        index.map((i, axis) => (list(a, 'begin')[axis] as number) + i * (list(a, 'strides')[axis] as number)),
      ),
    ),
  );

export const concat = ({ x, y, a }: PlainStep): number[] =>
  [...places(y.shape)].map(index => {
    const axis = number(a, 'axis');
    let along = index[axis] as number;
    for (const part of x as Plain[]) {
      if (along < (part.shape[axis] as number)) return Number(at(part, index.with(axis, along)));
      along -= part.shape[axis] as number;
    }
    return Number.NaN;
  });

export const pad = ({ x: [x], y, a }: PlainStep): number[] =>
  [...places(y.shape)].map(index =>
    Number(
      at(
        x as Plain,
        index.map((i, axis) => i - (list(a, 'paddings')[2 * axis] as number)),
      ) ?? number(a, 'value'),
    ),
  );

export const paste = ({ x: [canvas, patch], y, a }: PlainStep): number[] =>
  [...places(y.shape)].map(index => {
    const [n, row, column, c] = index as [number, number, number, number];
    const [top, left] = list(a, 'at') as [number, number];
    const inside = at(patch as Plain, [n, row - top, column - left, c]);
    return Number(inside ?? (canvas ? element(canvas, index) : 0));
  });

export const extreme =
  (larger: boolean) =>
  (step: PlainStep): number[] =>
    [...places(step.y.shape)].map(index => {
      const [left, right] = (step.x as Plain[]).map(operand => stretchedAt(operand, index)) as [number, number];
      return left > right === larger ? left : right;
    });
