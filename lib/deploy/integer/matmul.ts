import { flag, integer } from '../../model/attributes.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { stretched } from './broadcast.ts';
import type { Declared, IntegerOp, StepValues } from './op.ts';
import { refuseStep } from './refuse.ts';
import { assertRequantize, type RequantizeAttributes, requantizeKinds, requantizer } from './requantize-attributes.ts';
import { assertExact, assertStored } from './stored.ts';
import { isWide, numbersOf } from './values.ts';

export type MatmulStep = RequantizeAttributes & {
  /** Takes the first input as [… , k, m]. */
  readonly transposeA: boolean;
  /** Takes the second input as [… , n, k]. */
  readonly transposeB: boolean;
  readonly aZeroPoint: number;
  readonly bZeroPoint: number;
};

/** Matrix product over the last two axes of two values; axes before them that have length 1 are stretched. TensorFlow Lite, `reference/batch_matmul.h`. */
export const matmul: IntegerOp<'matmul', MatmulStep> = {
  name: 'matmul',
  arity: [2, 2],
  attributes: { ...requantizeKinds, transposeA: flag, transposeB: flag, aZeroPoint: integer, bZeroPoint: integer },
  check(values) {
    const { m, k, n, inner, a, b, y } = sizes(values);
    const fits = k === inner && sizeOf(y.slice(-2)) === m * n && y.at(-2) === m && m * k * n > 0;
    const leads = [a, b].every(shape => shape.slice(0, -2).every((size, axis) => size === 1 || size === y[axis + y.length - shape.length]));
    if (!fits || !leads || y.length !== Math.max(a.length, b.length)) refuseStep(values.where, `[${a}] times [${b}] is not [${y}].`);
    assertStored(values.where, values.inputs[0], { zeroPoints: [values.attributes.aZeroPoint] });
    assertStored(values.where, values.inputs[1], { zeroPoints: [values.attributes.bZeroPoint] });
    assertExact(values.where, [(values.inputs[0] as Declared).type, (values.inputs[1] as Declared).type], k);
    assertRequantize(values.attributes, { where: values.where, channels: 1, type: (values.outputs[0] as Declared).type });
  },
  macs: values => sizeOf(sizes(values).y) * sizes(values).k,
  run(values) {
    const { inputs, outputs, attributes } = values;
    const { m, k, n, a, b, y } = sizes(values);
    const [left, right, result] = [numbersOf(inputs[0]), numbersOf(inputs[1]), numbersOf(outputs[0])];
    const { transposeA, transposeB, aZeroPoint, bZeroPoint } = attributes;
    const lead = y.slice(0, -2);
    const [ofA, ofB] = [stretched(a.slice(0, -2), lead), stretched(b.slice(0, -2), lead)];
    const store = requantizer(attributes, { wide: isWide(inputs[0] as Declared) });
    const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
    const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
    for (let batch = 0, at = 0; batch < ofA.length; batch++) {
      const [atA, atB] = [(ofA[batch] as number) * m * k, (ofB[batch] as number) * k * n];
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++, at++) {
          let sum = 0;
          for (let p = 0; p < k; p++)
            sum +=
              ((left[atA + i * aRow + p * aColumn] as number) - aZeroPoint) *
              ((right[atB + p * bRow + j * bColumn] as number) - bZeroPoint);
          result[at] = store(sum, 0);
        }
    }
  },
};

function sizes({ inputs, outputs, attributes, where }: StepValues<MatmulStep, Declared>): {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Rows of the second. */
  readonly inner: number;
  readonly a: Shape;
  readonly b: Shape;
  readonly y: Shape;
} {
  const [a, b, y] = [inputs[0]?.shape ?? [], inputs[1]?.shape ?? [], outputs[0]?.shape ?? []];
  if (a.length < 2 || b.length < 2 || y.length < 2) refuseStep(where, `[${a}] and [${b}] are no matrices.`);
  const [rows, columns] = a.slice(-2) as [number, number];
  const [inner, n] = b.slice(-2) as [number, number];
  const first = attributes.transposeA ? { m: columns, k: rows } : { m: rows, k: columns };
  const second = attributes.transposeB ? { inner: n, n: inner } : { inner, n };
  return { ...first, ...second, a, b, y };
}
