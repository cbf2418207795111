import type { Elements } from '../../../../lib/deploy/program.ts';
import { narrowScaled, wideScaled } from './plain-numbers.ts';

// The ops with weights and sums once more, straight from their definitions: sums over indices, in integers of any size.

export interface Plain {
  readonly shape: readonly number[];
  readonly type: string;
  readonly data: Elements;
}
export type Settings = Readonly<Record<string, unknown>>;
export interface PlainStep {
  readonly x: readonly (Plain | undefined)[];
  readonly y: Plain;
  readonly a: Settings;
}

/** Every index of a shape, row-major. */
export function* places(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) return void (yield []);
  const [first = 0, ...rest] = shape;
  for (let i = 0; i < first; i++) for (const inner of places(rest)) yield [i, ...inner];
}

/** The element at an index; undefined outside. */
export function element({ shape, data }: Plain, index: readonly number[]): number | bigint | undefined {
  let flat = 0;
  for (const [axis, size] of shape.entries()) {
    const i = index[axis] as number;
    if (i < 0 || i >= size) return undefined;
    flat = flat * size + i;
  }
  return data[flat];
}

/** The same as a whole number of any size. */
export function at(value: Plain, index: readonly number[]): bigint | undefined {
  const found = element(value, index);
  return found === undefined ? undefined : BigInt(found);
}

const list = (a: Settings, key: string): readonly number[] => a[key] as number[];
const whole = (a: Settings, key: string): bigint => BigInt(a[key] as number);
const nth = (values: readonly number[], i: number): bigint => BigInt(values[values.length === 1 ? 0 : i] as number);

/** A sum as it is stored. */
export function stored(sum: bigint, a: Settings, { channel = 0, wide = false } = {}): number {
  if (a.factor) return clip(roundedOnce(wide ? sum : BigInt.asIntN(32, sum), list(a, 'factor'), channel) + whole(a, 'outputZeroPoint'), a);
  const [multiplier, shift] = [nth(list(a, 'multiplier'), channel), nth(list(a, 'shift'), channel)];
  const scaled = wide ? wideScaled(sum, multiplier, shift) : narrowScaled(BigInt.asIntN(32, sum), multiplier, shift);
  return clip(scaled + whole(a, 'outputZeroPoint'), a);
}

function clip(value: bigint, a: Settings): number {
  const [low, high] = [whole(a, 'low'), whole(a, 'high')];
  return Number(value < low ? low : value > high ? high : value);
}

/** A sum times a real factor in double precision, halves away from zero. */
function roundedOnce(sum: bigint, factors: readonly number[], channel: number): bigint {
  const product = Number(sum) * (factors[factors.length === 1 ? 0 : channel] as number);
  const cut = Math.trunc(product);
  return BigInt(cut) + (Math.abs(product - cut) >= 0.5 ? BigInt(Math.sign(product)) : 0n);
}

/** The sum for output channel o over pairs of elements of x and w, and its bias. */
function summed({ x: [x, w, bias], a }: PlainStep, o: number, pairs: Iterable<readonly [number[], number[]]>): number {
  const [zeroX, zeroW] = [whole(a, 'inputZeroPoint'), nth(list(a, 'weightZeroPoint'), o)];
  let sum = bias ? (at(bias, [o]) as bigint) : 0n;
  for (const [inX, inW] of pairs) {
    const value = at(x as Plain, inX);
    if (value !== undefined) sum += (value - zeroX) * ((at(w as Plain, inW) as bigint) - zeroW);
  }
  return stored(sum, a, { channel: o, wide: x?.type === 'int16' && bias?.type !== 'int32' });
}

/** Places of the input under a kernel for output place (row, column). */
const under = (a: Settings, place: readonly [number, number], inside: readonly [number, number]): number[] =>
  place.map(
    (at, s) =>
      at * (list(a, 'strides')[s] as number) +
      (inside[s] as number) * (list(a, 'dilations')[s] as number) -
      (list(a, 'padding')[s] as number),
  );

export function conv2d(step: PlainStep): number[] {
  const [x, w] = step.x as [Plain, Plain];
  const [out = 0, height = 0, width = 0, deep = 0] = w.shape;
  const groups = (x.shape[3] as number) / deep;
  return [...places(step.y.shape)].map(([n = 0, row = 0, column = 0, o = 0]) => {
    const group = Math.floor(o / (out / groups));
    const kernel = [...places([height, width, deep])] as [number, number, number][];
    return summed(
      step,
      o,
      kernel.map(([i, j, c]) => [
        [n, ...under(step.a, [row, column], [i, j]), group * deep + c],
        [o, i, j, c],
      ]),
    );
  });
}

export function depthwise(step: PlainStep): number[] {
  const [x, w] = step.x as [Plain, Plain];
  const multiplier = (w.shape[3] as number) / (x.shape[3] as number);
  return [...places(step.y.shape)].map(([n = 0, row = 0, column = 0, o = 0]) => {
    const kernel = [...places(w.shape.slice(1, 3))] as [number, number][];
    return summed(
      step,
      o,
      kernel.map(([i, j]) => [
        [n, ...under(step.a, [row, column], [i, j]), Math.floor(o / multiplier)],
        [0, i, j, o],
      ]),
    );
  });
}

/** From the output's side: which input places reach it. */
export function transposed(step: PlainStep): number[] {
  const [x, w] = step.x as [Plain, Plain];
  const from = (side: 0 | 1, place: number, k: number): number => {
    const distance = place + (list(step.a, 'padding')[side] as number) - k * (list(step.a, 'dilations')[side] as number);
    const stride = list(step.a, 'strides')[side] as number;
    return distance % stride === 0 ? distance / stride : -1;
  };
  return [...places(step.y.shape)].map(([n = 0, row = 0, column = 0, o = 0]) => {
    const kernel = [...places([w.shape[1] as number, w.shape[2] as number, x.shape[3] as number])] as [number, number, number][];
    return summed(
      step,
      o,
      kernel.map(([i, j, c]) => [
        [n, from(0, row, i), from(1, column, j), c],
        [o, i, j, c],
      ]),
    );
  });
}

export function dense(step: PlainStep): number[] {
  const [x, w] = step.x as [Plain, Plain];
  const [out = 0, deep = 0] = w.shape;
  const rows = { ...x, shape: [x.data.length / deep, deep] };
  return [...places([x.data.length / deep, out])].map(([row = 0, o = 0]) =>
    summed(
      { ...step, x: [rows, ...step.x.slice(1)] },
      o,
      Array.from(
        { length: deep },
        (_, i) =>
          [
            [row, i],
            [o, i],
          ] as const,
      ),
    ),
  );
}

export function matmul({ x, y, a }: PlainStep): number[] {
  const [left, right] = x as [Plain, Plain];
  const flip = (index: number[], flipped: unknown): number[] =>
    flipped ? [...index.slice(0, -2), index.at(-1) as number, index.at(-2) as number] : index;
  const depth = left.shape.at(a.transposeA ? -2 : -1) as number;
  /** The axes before the matrix, with 0 where an operand has but one. */
  const lead = (operand: Plain, index: readonly number[]): number[] =>
    index.slice(y.shape.length - operand.shape.length, -2).map((i, axis) => (operand.shape[axis] === 1 ? 0 : i));
  return [...places(y.shape)].map(index => {
    const [i, j] = index.slice(-2) as [number, number];
    let sum = 0n;
    for (let k = 0; k < depth; k++) {
      const l = at(left, flip([...lead(left, index), i, k], a.transposeA)) as bigint;
      const r = at(right, flip([...lead(right, index), k, j], a.transposeB)) as bigint;
      sum += (l - whole(a, 'aZeroPoint')) * (r - whole(a, 'bZeroPoint'));
    }
    return stored(sum, a, { wide: left.type === 'int16' });
  });
}
