import type { SliceStep } from '../../../integer/shapes.ts';
import type { ProgramTensor } from '../../../program.ts';
import { axisIn, inverse, orderOf, reordered } from '../layout.ts';
import { refuseOnnx } from '../refuse.ts';
import { numbersOf } from '../step-writer.ts';
import type { OnnxRule } from './rule.ts';

/** The same elements in the program's order: images are turned before and after. */
export const reshape: OnnxRule = {
  write(step) {
    const [from, to] = [(step.inputs[0] as ProgramTensor).shape, step.output.shape];
    const x =
      from.length === 4 ? step.node({ part: 'nhwc', op: 'Transpose' }, [step.value(0)], { perm: inverse(orderOf(from)) }) : step.value(0);
    const y = step.node({ part: 'shaped', op: 'Reshape' }, [
      x,
      step.numbers('shape', { type: 'int64', data: BigInt64Array.from([-1, ...to.slice(1)], BigInt) }),
    ]);
    if (to.length === 4) step.node({ part: 'nchw', op: 'Transpose' }, [y], { perm: orderOf(to) });
  },
  read: () => ({}),
};

export const transpose: OnnxRule = {
  write(step) {
    const { permutation } = step.attributes as { permutation: readonly number[] };
    const [from, to] = [orderOf((step.inputs[0] as ProgramTensor).shape), orderOf(step.output.shape)];
    // ONNX axis i is axis to[i] of the program's output, which is axis permutation[to[i]] of its input
    const perm = to.map(axis => from.indexOf(permutation[axis] as number));
    step.node({ part: 'turned', op: 'Transpose' }, [step.value(0)], { perm });
  },
  read(step) {
    const [from, to] = [orderOf((step.inputs[0] as ProgramTensor).shape), orderOf(step.output.shape)];
    const perm = step.ints('turned', 'perm');
    return { permutation: inverse(to).map(place => from[perm[place] ?? -1] ?? -1) };
  },
};

export const concat: OnnxRule = {
  write(step) {
    const { axis } = step.attributes as { axis: number };
    const parts = step.inputs.map((_, i) => step.value(i));
    step.node({ part: 'joined', op: 'Concat' }, parts, { axis: axisIn(step.output.shape, axis) });
  },
  read: step => ({ axis: orderOf(step.output.shape)[step.int('joined', 'axis')] ?? -1 }),
};

export const pad: OnnxRule = {
  write(step) {
    const { paddings, value } = step.attributes as { paddings: readonly number[]; value: number };
    const order = orderOf(step.output.shape);
    const side = (after: 0 | 1): readonly number[] =>
      reordered(
        step.output.shape.map((_, axis) => paddings[2 * axis + after] as number),
        order,
      );
    const sides = step.numbers('sides', { type: 'int64', data: BigInt64Array.from([...side(0), ...side(1)], BigInt) });
    const filler = step.numbers('value', { type: step.output.type, data: numbersOf(step.output.type, [value]), shape: [] });
    step.node({ part: 'padded', op: 'Pad' }, [step.value(0), sides, filler]);
  },
  read(step) {
    const sides = step.numbers('sides');
    const places = step.output.shape.map((_, axis) => axisIn(step.output.shape, axis));
    const paddings = places.flatMap(place => [sides[place] ?? -1, sides[place + places.length] ?? -1]);
    return { paddings, value: step.numbers('value')[0] ?? Number.NaN };
  },
};

/** The batch stays whole. */
export const slice: OnnxRule = {
  write(step) {
    const { begin, strides } = step.attributes as SliceStep;
    const { shape, name } = step.output;
    if (begin[0] !== 0 || strides[0] !== 1 || shape[0] !== step.inputs[0]?.shape[0]) refuseOnnx(`${name} is a part of a batch.`);
    const end = shape.map((size, axis) => (begin[axis] as number) + Math.max(0, size - 1) * (strides[axis] as number) + Math.min(size, 1));
    const row = (part: string, numbers: readonly number[]): string =>
      step.numbers(part, { type: 'int64', data: BigInt64Array.from(numbers.slice(1), BigInt) });
    const turned = (part: string, numbers: readonly number[]): string => row(part, reordered(numbers, orderOf(shape)));
    const places = [turned('begin', begin), turned('end', end), row('axes', [...shape.keys()]), turned('strides', strides)];
    step.node({ part: 'part', op: 'Slice' }, [step.value(0), ...places]);
  },
  read(step) {
    const back = inverse(orderOf(step.output.shape));
    return { begin: reordered([0, ...step.numbers('begin')], back), strides: reordered([1, ...step.numbers('strides')], back) };
  },
};

/** Files of ours hold what a network computes, not how its memory is saved: no patches. */
export const paste: OnnxRule = {
  write: step => refuseOnnx(`step ${step.output.name} pastes a patch.`, 'Write the program as it was before patchProgram.'),
  read: () => refuseOnnx('no step of a file pastes.'),
};
