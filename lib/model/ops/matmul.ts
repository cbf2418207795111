import { LabError } from '../../tensor/errors.ts';
import { matMul } from '../../tensor/mat-mul.ts';
import { type Shape, sameShape, sizeOf } from '../../tensor/shape.ts';
import type { tf } from '../../tensor/tf.ts';
import { flag } from '../attributes.ts';
import type { Labels } from '../channels/channel-sets.ts';
import { fixedChannels } from '../channels/rules.ts';
import { readsAll } from '../places.ts';
import type { Op } from './op.ts';

export type MatmulAttributes = {
  /** Takes the first input as [… , k, m]. */
  readonly transposeA: boolean;
  /** Takes the second input as [… , n, k]. */
  readonly transposeB: boolean;
};

/** Rows and columns of the last two axes, as they enter the product. */
function matrixOf(shape: Shape, transposed: boolean): readonly [rows: number, columns: number] {
  const [rows, columns] = shape.slice(-2) as readonly number[] as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

/** Matrix product over the last two axes, [… , m, k] · [… , k, n] → [… , m, n]; the axes before them agree. Attention is made of two. */
export const matmul: Op<'matmul', MatmulAttributes> = {
  name: 'matmul',
  arity: 2,
  attributes: { transposeA: flag, transposeB: flag },
  infer(inputs, { transposeA, transposeB }) {
    const [a, b] = inputs as readonly [Shape, Shape];
    const leading = a.slice(0, -2);
    if (a.length < 2 || b.length < 2 || !sameShape(leading, b.slice(0, -2)))
      throw new LabError(
        'shape/mismatch',
        `The inputs to matmul: [${a.join(', ')}] and [${b.join(', ')}] are no matrices side by side.`,
        'Both have two axes or more, and the same ones before the last two.',
      );
    const [m, k] = matrixOf(a, transposeA);
    const [inner, n] = matrixOf(b, transposeB);
    if (k === inner) return [...leading, m, n];
    throw new LabError(
      'shape/mismatch',
      `The inputs to matmul: ${m} × ${k} times ${inner} × ${n} does not go.`,
      'The columns of the first are the rows of the second.',
    );
  },
  reads: readsAll,
  macs: (inputs, output, { transposeA }) => sizeOf(output) * matrixOf(inputs[0] as Shape, transposeA)[1],
  /**
   * q · kᵀ adds over the channels of both, which are then the same; p · v hands on the channels of v. Where a last axis becomes rows, or is added
   * over against an axis of places, it stays.
   */
  coupling: {
    couple(context) {
      const [a, b] = context.inputs as readonly [Labels, Labels];
      const { transposeA, transposeB } = context.attributes as MatmulAttributes;
      if (!transposeA && transposeB) context.unite(a, b);
      else context.fix(a, `${context.id} adds over them, or makes rows of them`);
      if (!transposeB) return b;
      if (transposeA) context.fix(b, `${context.id} adds over them`);
      return fixedChannels(context, 'makes them of rows');
    },
  },
  forward({ inputs: [a, b], attributes: { transposeA, transposeB }, precision }) {
    return matMul(a as tf.Tensor, b as tf.Tensor, { transposeA, transposeB, precision });
  },
};
