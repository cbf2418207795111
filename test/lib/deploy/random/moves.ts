import { sizeOf } from '../../../../lib/tensor/shape.ts';
import type { Builder, Place } from './builder.ts';
import { isNarrow, takeImage } from './layers.ts';
import { endsOf } from './numbers.ts';
import { takeAny } from './values.ts';

// Steps that copy elements.

export function reshape(builder: Builder): void {
  const x = takeAny(builder);
  const size = sizeOf(x.shape);
  const parts = [1, 2, 3, 4, 5, 6].filter(part => size % part === 0);
  const part = builder.rng.pick(parts);
  builder.step('reshape', [x], {
    type: x.type,
    shape: builder.rng.pick([
      [1, size],
      [part, size / part],
      [1, part, 1, size / part],
    ]),
  });
}

export function transpose(builder: Builder): void {
  const x = takeAny(builder);
  const permutation = [...builder.rng.permutation(x.shape.length)];
  builder.step('transpose', [x], { type: x.type, shape: permutation.map(axis => x.shape[axis] as number), permutation });
}

export function concat(builder: Builder): void {
  const { rng } = builder;
  const x = takeAny(builder, place => isNarrow(place) && place.shape.length > 0);
  const axis = rng.int(0, x.shape.length - 1);
  const others = Array.from({ length: rng.int(0, 2) }, () => {
    const shape = x.shape.map((size, a) => (a === axis ? rng.int(1, 4) : size));
    return rng.int(0, 3) === 0 ? x : builder.constant(x.type, shape);
  });
  const parts = rng.int(0, 1) === 0 ? [x, ...others] : [...others, x];
  const length = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  builder.step('concat', parts, { type: x.type, shape: x.shape.map((size, a) => (a === axis ? length : size)), axis });
}

export function pad(builder: Builder): void {
  const { rng } = builder;
  const x = takeAny(builder);
  const paddings = x.shape.flatMap((_, axis) => (axis === 0 ? [0, 0] : [rng.int(0, 2), rng.int(0, 2)]));
  const shape = x.shape.map((size, axis) => size + (paddings[2 * axis] as number) + (paddings[2 * axis + 1] as number));
  builder.step('pad', [x], { type: x.type, shape, paddings, value: rng.int(...(endsOf(x.type) as [number, number])) });
}

export function slice(builder: Builder): void {
  const { rng } = builder;
  const x = takeAny(builder);
  const along = x.shape.map((size, axis) => {
    // the first axis is the batch
    if (axis === 0) return { begin: 0, stride: 1, length: size };
    const [begin, stride] = [rng.int(0, size - 1), rng.int(1, 3)];
    return { begin, stride, length: rng.int(1, Math.floor((size - 1 - begin) / stride) + 1) };
  });
  const of = (key: 'begin' | 'stride' | 'length'): number[] => along.map(item => item[key]);
  builder.step('slice', [x], { type: x.type, shape: of('length'), begin: of('begin'), strides: of('stride') });
}

export function paste(builder: Builder): void {
  const { rng } = builder;
  const patch = takeImage(builder);
  const { type } = patch;
  const [n, height, width, channels] = patch.shape as [number, number, number, number];
  const shape = [n, height + rng.int(0, 3), width + rng.int(0, 3), channels];
  const there = (): Place =>
    builder.take(
      place => place.type === type && place.shape.join() === shape.join(),
      () => ({ type, shape }),
    );
  const canvas = rng.pick([() => undefined, () => builder.constant(type, shape), there, there])();
  builder.step('paste', [canvas, patch], {
    type,
    shape,
    at: [rng.int(0, (shape[1] as number) - height), rng.int(0, (shape[2] as number) - width)],
  });
}
