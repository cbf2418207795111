import { integer } from '../../model/attributes.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { clamped } from '../fixed-point.ts';
import { assertBorder } from './border.ts';
import { paddingKind, pairKind } from './conv2d.ts';
import type { Declared, IntegerOp, StepValues, Value } from './op.ts';
import { refuseStep } from './refuse.ts';
import { assertClamp, assertStored } from './stored.ts';
import { image, numbersOf } from './values.ts';

export type PoolStep = {
  /** [down, right]. */
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  /** [top, left]; bottom and right follow from the output's shape. Places of the border are left out. */
  readonly padding: readonly [number, number];
  /** Ends of the fused activation, as stored integers. */
  readonly low: number;
  readonly high: number;
};

/** Walks the places of each window that lie in the image. */
function pooled<Name extends 'average-pool' | 'max-pool'>(
  name: Name,
  { start, meet, end }: { start: number; meet: (sum: number, x: number) => number; end: (sum: number, count: number) => number },
): IntegerOp<Name, PoolStep> {
  return {
    name,
    arity: [1, 1],
    attributes: { window: pairKind, strides: pairKind, padding: paddingKind, low: integer, high: integer },
    check,
    work: ({ inputs: [x], outputs: [y], attributes: { window } }) =>
      sizeOf(y?.shape ?? []) * Math.min(window[0], x?.shape[1] ?? 1) * Math.min(window[1], x?.shape[2] ?? 1),
    run({ inputs, outputs, attributes, where }) {
      const [batch, height, width, channels] = image(where, inputs[0]).shape;
      const [, outHeight, outWidth] = image(where, outputs[0]).shape;
      const { window, strides, padding, low, high } = attributes;
      const [x, y] = [numbersOf(inputs[0] as Value), numbersOf(outputs[0] as Value)];
      for (let n = 0, at = 0; n < batch; n++)
        for (let row = 0; row < outHeight; row++)
          for (let column = 0; column < outWidth; column++) {
            const [top, left] = [row * strides[0] - padding[0], column * strides[1] - padding[1]];
            const [fromRow, toRow] = [Math.max(0, top), Math.min(height, top + window[0])];
            const [fromColumn, toColumn] = [Math.max(0, left), Math.min(width, left + window[1])];
            const count = (toRow - fromRow) * (toColumn - fromColumn);
            for (let c = 0; c < channels; c++, at++) {
              let sum = start;
              for (let i = fromRow; i < toRow; i++)
                for (let j = fromColumn; j < toColumn; j++) sum = meet(sum, x[((n * height + i) * width + j) * channels + c] as number);
              y[at] = clamped(end(sum, count), low, high);
            }
          }
    },
  };
}

function check({ inputs, outputs, attributes, where }: StepValues<PoolStep, Declared>): void {
  const [x, y] = [image(where, inputs[0]), image(where, outputs[0])];
  const { window, strides, padding, low, high } = attributes;
  if (x.type !== y.type || x.shape[0] !== y.shape[0] || x.shape[3] !== y.shape[3])
    refuseStep(where, `pooling keeps type, images and channels; got ${x.type} [${x.shape}] and ${y.type} [${y.shape}].`);
  assertStored(where, x, { zeroPoints: [] });
  assertClamp(where, y.type, { low, high });
  assertBorder(where, { x: x.shape, y: y.shape }, { places: [y.shape[1], y.shape[2]], strides, kernel: window });
  for (const axis of [0, 1] as const) {
    const last = ((y.shape[axis + 1] as number) - 1) * strides[axis] - padding[axis];
    if (padding[axis] >= window[axis] || last >= (x.shape[axis + 1] as number))
      refuseStep(where, `a window of ${window.join('×')} lies wholly outside the image [${x.shape}].`);
  }
}

/** The mean of each window, halves away from zero, over the places inside the image. TensorFlow Lite, `integer_ops/pooling.h`. */
export const averagePool: IntegerOp<'average-pool', PoolStep> = pooled('average-pool', {
  start: 0,
  meet: (sum, x) => sum + x,
  end: (sum, count) => Math.trunc((sum > 0 ? sum + (count >> 1) : sum - (count >> 1)) / count),
});

/** The largest value of each window. */
export const maxPool: IntegerOp<'max-pool', PoolStep> = pooled('max-pool', {
  start: Number.NEGATIVE_INFINITY,
  meet: (most, x) => (x > most ? x : most),
  end: most => most,
});
