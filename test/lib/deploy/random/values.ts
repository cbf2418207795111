import type { ElementType } from '../../../../lib/deploy/program.ts';
import { type Shape, sizeOf } from '../../../../lib/tensor/shape.ts';
import type { Builder, Place } from './builder.ts';
import { isNarrow, takeImage } from './layers.ts';
import { clampOf, endsOf, requantization, result, zeroPointOf } from './numbers.ts';

// Steps that compute each element by itself, or choose and move elements.

const anyShape = (builder: Builder): Shape => [1, ...Array.from({ length: builder.rng.int(0, 3) }, () => builder.rng.int(1, 6))];

/** A value of 16 bits or fewer with at least one element. */
export function takeAny(builder: Builder, accepts: (place: Place) => boolean = isNarrow): Place {
  return builder.take(
    place => accepts(place) && sizeOf(place.shape) > 0,
    () => {
      const types = (['int8', 'uint8', 'int16', 'int4', 'int32', 'float32'] as const).filter(type =>
        accepts({ index: 0, type, shape: [1] }),
      );
      return { type: builder.rng.pick(types), shape: anyShape(builder) };
    },
  );
}

/** A second operand that stretches to the first, or to which the first stretches, and the shape of both together. */
function second(builder: Builder, a: Place, type: ElementType): { readonly b: Place; readonly shape: Shape } {
  const { rng } = builder;
  if (rng.int(0, 9) === 0 && a.type === type) return { b: a, shape: a.shape };
  const shape = a.shape.map(size => (rng.int(0, 3) === 0 ? 1 : size === 1 && rng.int(0, 3) === 0 ? rng.int(1, 4) : size));
  const own = shape.slice(rng.int(0, 3) === 0 ? rng.int(0, shape.length) : 0);
  const b =
    rng.int(0, 1) === 0
      ? builder.constant(type, own)
      : builder.take(
          p => p.type === type && `${p.shape}` === `${own}`,
          () => ({ type, shape: own }),
        );
  const lead = a.shape.length - own.length;
  return { b, shape: a.shape.map((size, axis) => (size === 1 ? (own[axis - lead] ?? 1) : size)) };
}

export const sum =
  (op: 'add' | 'subtract') =>
  (builder: Builder): void => {
    const { rng } = builder;
    const a = takeAny(builder);
    const { b, shape } = second(builder, a, rng.pick([a.type, a.type, 'int8']));
    const type = result(rng);
    const leftShift = rng.int(0, a.type === 'int16' || b.type === 'int16' ? 15 : 20);
    const one = (): number => rng.int(2 ** 30, 2 ** 31 - 1);
    const [aZeroPoint, bZeroPoint] = [zeroPointOf(a.type, rng), zeroPointOf(b.type, rng)];
    const own = {
      leftShift,
      aZeroPoint,
      bZeroPoint,
      aMultiplier: one(),
      bMultiplier: one(),
      aShift: rng.int(-6, 1),
      bShift: rng.int(-6, 1),
    };
    builder.step(op, [a, b], { type, shape, ...own, ...requantization(type, { reach: leftShift + 8, rng }) });
  };

export function multiply(builder: Builder): void {
  const { rng } = builder;
  const a = takeAny(builder);
  const { b, shape } = second(builder, a, a.type);
  const type = result(rng);
  const [aZeroPoint, bZeroPoint] = [zeroPointOf(a.type, rng), zeroPointOf(b.type, rng)];
  const reach = a.type === 'int16' ? 30 : 15;
  builder.step('multiply', [a, b], { type, shape, aZeroPoint, bZeroPoint, ...requantization(type, { reach, rng }) });
}

export const extreme =
  (op: 'minimum' | 'maximum') =>
  (builder: Builder): void => {
    const a = takeAny(builder, ({ type }) => type !== 'int64');
    const { b, shape } = second(builder, a, a.type);
    builder.step(op, [a, b], { type: a.type, shape });
  };

export function requantize(builder: Builder): void {
  const { rng } = builder;
  const x = takeAny(builder, place => isNarrow(place) || place.type === 'int32');
  const type = result(rng);
  const reach = { int4: 4, int8: 8, uint8: 8, int16: 16, int32: 31 }[x.type as 'int8'];
  const rest = requantization(type, { reach, rng });
  builder.step('requantize', [x], { type, shape: x.shape, inputZeroPoint: zeroPointOf(x.type, rng), ...rest });
}

export function lookup(builder: Builder): void {
  const x = takeAny(builder, ({ type }) => type === 'int8' || type === 'uint8');
  const type = builder.rng.pick(['int8', 'uint8'] as const);
  builder.step('lookup', [x, builder.constant(type, [256])], { type, shape: x.shape });
}

export const wideFunction =
  (op: 'sigmoid' | 'tanh') =>
  (builder: Builder): void => {
    const { rng } = builder;
    const x = takeAny(builder, ({ type }) => type === 'int16');
    builder.step(op, [x], {
      type: 'int16',
      shape: x.shape,
      multiplier: rng.pick([3, 6, rng.int(2 ** 14, 2 ** 15)]),
      shift: rng.int(0, 16),
    });
  };

export function quantize(builder: Builder): void {
  const { rng } = builder;
  const x = takeAny(builder, ({ type }) => type === 'float32');
  const type = result(rng);
  const outputZeroPoint = type === 'int32' ? 0 : zeroPointOf(type, rng);
  builder.step('quantize', [x], {
    type,
    shape: x.shape,
    scale: rng.pick([0.5, 0.1, 3, 1e-3]),
    outputZeroPoint,
    ...clampOf(type, rng),
  });
}

export function dequantize(builder: Builder): void {
  const { rng } = builder;
  const x = takeAny(builder, place => isNarrow(place) || place.type === 'int32');
  builder.step('dequantize', [x], {
    type: 'float32',
    shape: x.shape,
    scale: rng.pick([0.5, 0.1, 3]),
    inputZeroPoint: zeroPointOf(x.type, rng),
  });
}

export const pool =
  (op: 'average-pool' | 'max-pool') =>
  (builder: Builder): void => {
    const { rng } = builder;
    const x = takeImage(builder);
    const [n, , , c] = x.shape as [number, number, number, number];
    const along = [1, 2].map(axis => {
      const length = x.shape[axis] as number;
      const window = rng.pick([1, 2, 3, length, 4]);
      const [stride, before] = [rng.int(1, 3), rng.int(0, window - 1)];
      return { window, stride, before, out: rng.int(1, Math.floor((length - 1 + before) / stride) + 1) };
    });
    const of = (key: 'window' | 'stride' | 'before' | 'out'): number[] => along.map(item => item[key]);
    const attributes = { window: of('window'), strides: of('stride'), padding: of('before'), ...clampOf(x.type, rng) };
    builder.step(op, [x], { type: x.type, shape: [n, ...of('out'), c], ...attributes });
  };

export function mean(builder: Builder): void {
  const { rng } = builder;
  const x = takeAny(builder);
  const axes = x.shape.map((_, axis) => axis).filter(() => rng.int(0, 1) === 0);
  const keep = rng.int(0, 1) === 0;
  const shape = keep ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : x.shape.filter((_, axis) => !axes.includes(axis));
  const type = rng.pick([x.type, result(rng)]);
  const rest = requantization(type, { reach: Math.log2(endsOf(x.type)[1] - endsOf(x.type)[0]), rng });
  builder.step('mean', [x], { type, shape, axes, inputZeroPoint: zeroPointOf(x.type, rng), ...rest });
}

export function softmax(builder: Builder): void {
  const { rng } = builder;
  const accepts = ({ type, shape }: Place): boolean => ['int8', 'uint8', 'int16'].includes(type) && (shape.at(-1) ?? 0) > 0;
  const x = builder.take(accepts, () => ({ type: rng.pick(['int8', 'int8', 'uint8', 'int16'] as const), shape: [1, rng.int(1, 12)] }));
  const narrow = { multiplier: rng.int(2 ** 30, 2 ** 31 - 1), shift: rng.int(18, 24), differenceMinimum: rng.pick([-255, -128, -31, 0]) };
  const wide = { multiplier: rng.int(2 ** 30, 2 ** 31 - 1), shift: rng.int(-6, 1), differenceMinimum: 0 };
  builder.step('softmax', [x], { type: x.type, shape: x.shape, ...(x.type === 'int16' ? wide : narrow) });
}
