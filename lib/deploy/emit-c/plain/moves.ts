import { sizeOf } from '../../../tensor/shape.ts';
import { bytesOf } from '../../element-types.ts';
import type { Declared } from '../../integer/op.ts';
import type { SliceStep } from '../../integer/shapes.ts';
import { integerLiteral, loops, nest, placeOf, stridesOf } from '../c-text.ts';
import type { CStep, Kernel } from '../kernel.ts';
import { operand } from './operand.ts';

// Steps that move elements and leave them as they are.

/** The same elements in another shape: nothing to do where they lie in place. */
export const reshape: Kernel = {
  name: 'plain',
  fits: () => true,
  emit: (step, writer) => (step.inPlace ? '' : `__builtin_memcpy(y, ${operand(step, 0, writer)}, ${bytesOf(step.output)});`),
};

/** `y[…] = x[…]`, element by element of the output. */
const picked = (
  step: Pick<CStep, 'inputs' | 'output'>,
  x: string,
  from: { readonly strides: readonly number[]; readonly start: number },
): string =>
  nest(step.output.shape, at => {
    const place = placeOf(at, from.strides);
    return `y[${placeOf(at, stridesOf(step.output.shape))}] = ${x}[${from.start === 0 ? place : `${from.start} + ${place}`}];`;
  });

/** Axes in another order. */
export const transpose: Kernel<{ readonly permutation: readonly number[] }> = {
  name: 'plain',
  fits: () => true,
  emit(step, writer) {
    const strides = stridesOf((step.inputs[0] as Declared).shape);
    return picked(step, operand(step, 0, writer), {
      strides: step.attributes.permutation.map(axis => strides[axis] as number),
      start: 0,
    });
  },
};

/** Every stride-th element from a place on; rows that lie together are copied together. */
export const slice: Kernel<SliceStep> = {
  name: 'plain',
  fits: () => true,
  emit(step, writer) {
    const { begin, strides: every } = step.attributes;
    const own = stridesOf((step.inputs[0] as Declared).shape);
    const strides = own.map((stride, axis) => stride * (every[axis] as number));
    const start = begin.reduce((sum, first, axis) => sum + first * (own[axis] as number), 0);
    return picked(step, operand(step, 0, writer), { strides, start });
  },
};

/** Bytes of one element. */
const elementBytes = (value: Declared): number => bytesOf({ shape: [1], type: value.type });

/** Inputs one after the other along an axis. */
export const concat: Kernel<{ readonly axis: number }> = {
  name: 'plain',
  fits: () => true,
  emit(step, writer) {
    const { output, attributes } = step;
    const rows = sizeOf(output.shape.slice(0, attributes.axis));
    const row = sizeOf(output.shape.slice(attributes.axis));
    let offset = 0;
    const copies = step.inputs.map((value, index) => {
      const part = sizeOf((value as Declared).shape.slice(attributes.axis));
      const from = operand(step, index, writer);
      const copy = `__builtin_memcpy(y + ${rows === 1 ? '' : `row * ${row} + `}${offset}, ${from}${rows === 1 ? '' : ` + row * ${part}`}, ${part * elementBytes(output)});`;
      offset += part;
      return part > 0 ? copy : '';
    });
    const text = copies.filter(Boolean).join('\n');
    return rows === 1 ? text : loops({ row: rows }, text);
  },
};

/** A border of one value. */
export const pad: Kernel<{ readonly paddings: readonly number[]; readonly value: number }> = {
  name: 'plain',
  fits: () => true,
  emit(step, writer) {
    const { output, attributes } = step;
    const { shape } = step.inputs[0] as Declared;
    const value = output.type === 'float32' ? `${attributes.value}.0f` : integerLiteral(attributes.value);
    const strides = stridesOf(output.shape);
    const start = strides.reduce((sum, stride, axis) => sum + stride * (attributes.paddings[2 * axis] as number), 0);
    const fill = `for (int i = 0; i < ${sizeOf(output.shape)}; i++) y[i] = ${value};`;
    const row = shape.at(-1) ?? 1;
    const x = operand(step, 0, writer);
    const lead = shape.slice(0, -1);
    const copies = nest(lead, at => {
      const to = [placeOf(at, strides), start > 0 ? `${start}` : ''].filter(text => text && text !== '0').join(' + ') || '0';
      return `__builtin_memcpy(y + ${to}, ${x} + ${placeOf(at, stridesOf(shape))}, ${row * elementBytes(output)});`;
    });
    return `${fill}\n${sizeOf(shape) > 0 ? copies : ''}`;
  },
};
