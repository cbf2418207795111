import { axes, integer, kind } from '../../model/attributes.ts';
import type { Shape } from '../../tensor/shape.ts';
import { sizeOf } from '../../tensor/shape.ts';
import type { IntegerOp, Value } from './op.ts';
import { refuseStep } from './refuse.ts';
import { assertHeld, ends } from './stored.ts';
import { assertCopies } from './values.ts';

// Steps that move elements and leave them as they are, whatever their type.

const strides = (shape: Shape): number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

const copy = (from: Value, to: Value): void => (to.data as Int8Array).set(from.data as Int8Array);

/** The same elements in another shape. */
export const reshape: IntegerOp<'reshape', Record<never, never>> = {
  name: 'reshape',
  arity: [1, 1],
  attributes: {},
  inPlace: true,
  check: ({ inputs, outputs, where }) => assertCopies(where, inputs[0], outputs[0]),
  run: ({ inputs, outputs }) => copy(inputs[0] as Value, outputs[0] as Value),
};

/** For each element of the transposed value the place where it comes from. */
export function transposedPlaces(shape: Shape, permutation: readonly number[]): Int32Array {
  const step = strides(shape);
  let from = Int32Array.of(0);
  for (const axis of permutation) {
    const length = shape[axis] as number;
    const next = new Int32Array(from.length * length);
    for (let i = 0, at = 0; i < from.length; i++)
      for (let j = 0; j < length; j++) next[at++] = (from[i] as number) + j * (step[axis] as number);
    from = next;
  }
  return from;
}

/** The same elements with the axes in another order: output axis i is input axis permutation[i]. */
export const transpose: IntegerOp<'transpose', { readonly permutation: readonly number[] }> = {
  name: 'transpose',
  arity: [1, 1],
  attributes: { permutation: axes },
  check({ inputs, outputs, attributes: { permutation }, where }) {
    assertCopies(where, inputs[0], outputs[0]);
    const [from, to] = [inputs[0]?.shape ?? [], outputs[0]?.shape ?? []];
    const fits = from.length === to.length && new Set(permutation).size === from.length && permutation.length === from.length;
    if (!fits || permutation.some((axis, i) => from[axis] !== to[i]))
      refuseStep(where, `[${permutation}] does not take [${from}] to [${to}].`);
  },
  run({ inputs, outputs, attributes: { permutation } }) {
    const [x, y] = [inputs[0] as Value, outputs[0] as Value];
    const from = transposedPlaces(x.shape, permutation);
    const [source, target] = [x.data as Int8Array, y.data as Int8Array];
    for (let i = 0; i < from.length; i++) target[i] = source[from[i] as number] as number;
  },
};

/** Inputs of one grid, one after the other along an axis. */
export const concat: IntegerOp<'concat', { readonly axis: number }> = {
  name: 'concat',
  arity: [1, Number.POSITIVE_INFINITY],
  attributes: { axis: integer },
  check({ inputs, outputs: [y], attributes: { axis }, where }) {
    const whole = y?.shape ?? [];
    if (!y || !(axis >= 0 && axis < whole.length)) refuseStep(where, `there is no axis ${axis} in [${whole}].`);
    let length = 0;
    for (const x of inputs) {
      if (!x || x.type !== y.type || x.shape.length !== whole.length || x.shape.some((size, a) => a !== axis && size !== whole[a]))
        refuseStep(where, `${x?.type} [${x?.shape}] is no part of ${y.type} [${whole}] along axis ${axis}.`);
      length += x.shape[axis] as number;
    }
    if (length !== whole[axis]) refuseStep(where, `the parts have ${length} along axis ${axis}; the output has ${whole[axis]}.`);
  },
  run({ inputs, outputs, attributes: { axis } }) {
    const y = outputs[0] as Value;
    const row = sizeOf(y.shape.slice(axis));
    let offset = 0;
    for (const x of inputs as readonly Value[]) {
      const part = sizeOf(x.shape.slice(axis));
      for (let i = 0; i * part < x.data.length; i++)
        (y.data as Int8Array).set((x.data as Int8Array).subarray(i * part, (i + 1) * part), i * row + offset);
      offset += part;
    }
  },
};

const counts = kind(
  'two whole numbers ≥ 0 for each axis, before and after',
  value => Array.isArray(value) && value.length <= 16 && value.every(item => Number.isSafeInteger(item) && item >= 0),
);

/** A border of one value, `paddings` holding for each axis how many before and after. */
export const pad: IntegerOp<'pad', { readonly paddings: readonly number[]; readonly value: number }> = {
  name: 'pad',
  arity: [1, 1],
  attributes: { paddings: counts, value: integer },
  check({ inputs: [x], outputs: [y], attributes: { paddings, value }, where }) {
    const fits =
      x && y && x.type === y.type && x.type !== 'int64' && paddings.length === 2 * x.shape.length && x.shape.length === y.shape.length;
    if (!fits || y.shape.some((size, a) => size !== (x.shape[a] as number) + (paddings[2 * a] as number) + (paddings[2 * a + 1] as number)))
      refuseStep(where, `a border of [${paddings}] does not take [${x?.shape}] to [${y?.shape}].`);
    if (x && ends[x.type]) assertHeld(where, x.type, [value]);
  },
  run({ inputs, outputs, attributes: { paddings, value } }) {
    const [x, y] = [inputs[0] as Value, outputs[0] as Value];
    const target = y.data as Int8Array;
    target.fill(value);
    const step = strides(y.shape);
    const start = step.reduce((sum, size, axis) => sum + size * (paddings[2 * axis] as number), 0);
    const width = x.shape.at(-1) ?? 1;
    for (let i = 0; i * width < x.data.length; i++) {
      let [rest, at] = [i, start];
      for (let axis = x.shape.length - 2; axis >= 0; axis--) {
        const size = x.shape[axis] as number;
        at += (rest % size) * (step[axis] as number);
        rest = Math.floor(rest / size);
      }
      target.set((x.data as Int8Array).subarray(i * width, (i + 1) * width), at);
    }
  },
};

/** Every stride-th element from `begin` on, along each axis; how many the output's shape says. */
export type SliceStep = {
  /** Of each axis. */
  readonly begin: readonly number[];
  /** Of each axis, from 1 on. */
  readonly strides: readonly number[];
};

/** For each element of the slice the place where it comes from. */
export function slicedPlaces(shape: Shape, to: Shape, { begin, strides: every }: SliceStep): Int32Array {
  const step = strides(shape);
  let from = Int32Array.of(begin.reduce((sum, first, axis) => sum + first * (step[axis] as number), 0));
  for (const [axis, length] of to.entries()) {
    const next = new Int32Array(from.length * length);
    const along = (every[axis] as number) * (step[axis] as number);
    for (let i = 0, at = 0; i < from.length; i++) for (let j = 0; j < length; j++) next[at++] = (from[i] as number) + j * along;
    from = next;
  }
  return from;
}

/** A part of a value. */
export const slice: IntegerOp<'slice', SliceStep> = {
  name: 'slice',
  arity: [1, 1],
  attributes: { begin: axes, strides: axes },
  check({ inputs: [x], outputs: [y], attributes: { begin, strides: every }, where }) {
    const [from, to] = [x?.shape ?? [], y?.shape ?? []];
    const ranks = new Set([from.length, to.length, begin.length, every.length]);
    const last = (axis: number): number => (begin[axis] as number) + ((to[axis] as number) - 1) * (every[axis] as number);
    const inside = (axis: number): boolean => to[axis] === 0 || (last(axis) < (from[axis] as number) && (every[axis] as number) >= 1);
    if (!x || !y || x.type !== y.type || ranks.size > 1 || !to.every((_, axis) => inside(axis)))
      refuseStep(where, `from [${begin}] every [${every}] there is no ${y?.type} [${to}] in ${x?.type} [${from}].`);
  },
  run({ inputs, outputs, attributes }) {
    const [x, y] = [inputs[0] as Value, outputs[0] as Value];
    const from = slicedPlaces(x.shape, y.shape, attributes);
    const [source, target] = [x.data as Int8Array, y.data as Int8Array];
    for (let i = 0; i < from.length; i++) target[i] = source[from[i] as number] as number;
  },
};
