import { factors, softmaxFactor16, softmaxFactors, sumAttributes } from '../../../factors.ts';
import { fixedPoint } from '../../../fixed-point.ts';
import { ends } from '../../../integer/requantize-attributes.ts';
import { clampOf } from '../scales.ts';
import { activations, optionFields } from '../schema.ts';
import {
  assertSameGrid,
  gridOf,
  inputOf,
  optionOf,
  type Reading,
  type ReadRule,
  refuseOperator,
  requantization,
  type TensorGrid,
} from './rule.ts';
import { windowOf } from './window.ts';

type Three = readonly [a: TensorGrid, b: TensorGrid, y: TensorGrid];

function three(reading: Reading): Three {
  const grids = [gridOf(reading, inputOf(reading, 0)), gridOf(reading, inputOf(reading, 1)), gridOf(reading, reading.output)] as const;
  const [a, b, y] = grids;
  if (a.type !== y.type || b.type !== y.type || y.type === 'int32')
    refuseOperator(reading, `it takes ${a.type} and ${b.type} to ${y.type}.`);
  return grids;
}

const powerOfTwo = (scale: number): boolean => Number.isInteger(Math.log2(scale));

export const sum =
  (op: 'add' | 'subtract'): ReadRule =>
  reading => {
    const fields = optionFields.sum;
    const [a, b, y] = three(reading);
    if (
      y.type === 'int16' &&
      optionOf(reading, o => o.uint8(fields.powersOfTwo, 1), 1) &&
      [a, b, y].every(({ scale }) => powerOfTwo(scale))
    )
      refuseOperator(
        reading,
        'sums of 16 bits whose scales are powers of two are computed in another way.',
        'Set pot_scale_int16 to false.',
      );
    const { attributes, factor } = sumAttributes(a, b, y.scale);
    const activation = optionOf(reading, o => o.int8(fields.activation));
    reading.step(op, { ...attributes, ...requantization(reading, [factor], activation) });
  };

export const multiply: ReadRule = reading => {
  const [a, b, y] = three(reading);
  const activation = optionOf(reading, o => o.int8(optionFields.product.activation));
  reading.step('multiply', {
    aZeroPoint: a.zeroPoint,
    bZeroPoint: b.zeroPoint,
    ...requantization(reading, [factors.product(a.scale, b.scale, y.scale)], activation),
  });
};

export const extreme =
  (op: 'minimum' | 'maximum'): ReadRule =>
  reading => {
    for (const index of [0, 1]) assertSameGrid(reading, inputOf(reading, index));
    reading.step(op, {});
  };

/** The ReLUs as operators of their own, which may change the grid. */
export const relu =
  (activation: number): ReadRule =>
  reading => {
    const [x, y] = [gridOf(reading, inputOf(reading, 0)), gridOf(reading, reading.output)];
    if (x.type !== y.type || (y.type === 'int16' && activation === activations.reluN1To1))
      refuseOperator(reading, `it takes ${x.type} to ${y.type}.`);
    reading.step('requantize', { inputZeroPoint: x.zeroPoint, ...requantization(reading, [factors.relu(x.scale, y.scale)], activation) });
  };

/** Real numbers to integers, or integers to another grid. */
export const quantize: ReadRule = reading => {
  const x = inputOf(reading, 0);
  const { scale, zeroPoint, type } = gridOf(reading, reading.output);
  const { low, high } = clampOf(activations.none, { where: reading.operator.where, scale, zeroPoint, type });
  if (x.type === 'float32') return reading.step('quantize', { scale, outputZeroPoint: zeroPoint, low, high });
  const from = gridOf(reading, x);
  if (from.type === 'int16' && type === 'uint8') refuseOperator(reading, 'it takes int16 to uint8.');
  return reading.step('requantize', {
    inputZeroPoint: from.zeroPoint,
    ...requantization(reading, [factors.requantize(from.scale, scale)], activations.none),
  });
};

export const dequantize: ReadRule = reading => {
  const { scale, zeroPoint } = gridOf(reading, inputOf(reading, 0));
  reading.step('dequantize', { scale, inputZeroPoint: zeroPoint });
};

const poolOf =
  (op: 'average-pool' | 'max-pool'): ReadRule =>
  reading => {
    const fields = optionFields.pool;
    const x = inputOf(reading, 0);
    assertSameGrid(reading, x);
    const window = [optionOf(reading, o => o.int32(fields.height)), optionOf(reading, o => o.int32(fields.width))] as const;
    if (window.some(n => n < 1)) refuseOperator(reading, `its window is [${window}].`);
    const { strides, padding } = windowOf(reading, fields, { image: x.shape, kernel: window, output: reading.output.shape });
    const grid = gridOf(reading, reading.output);
    const clamp = clampOf(
      optionOf(reading, o => o.int8(fields.activation)),
      { where: reading.operator.where, ...grid },
    );
    reading.step(op, { window, strides, padding, ...clamp });
  };

export const averagePool: ReadRule = poolOf('average-pool');
export const maxPool: ReadRule = poolOf('max-pool');

/** The grids of probabilities that SOFTMAX writes. */
const probabilities: Readonly<Record<string, readonly [scale: number, zeroPoint: number]>> = {
  int8: [1 / 256, -128],
  uint8: [1 / 256, 0],
  int16: [1 / 32768, 0],
};

export const softmax: ReadRule = reading => {
  const [x, y] = [gridOf(reading, inputOf(reading, 0)), gridOf(reading, reading.output)];
  const [scale, zeroPoint] = probabilities[y.type] ?? [0, 0];
  if (x.type !== y.type || !ends[y.type] || Math.abs(y.scale - scale) > 1e-3 * scale || y.zeroPoint !== zeroPoint)
    refuseOperator(
      reading,
      `probabilities of ${y.type} lie on the grid of scale ${scale} from zero point ${zeroPoint}; got ${x.type} to scale ${y.scale}, ${y.zeroPoint}.`,
    );
  const beta = optionOf(reading, o => o.float32(optionFields.softmax.beta));
  if (!(beta > 0)) refuseOperator(reading, `its beta is ${beta}.`);
  if (y.type === 'int16') {
    if (x.zeroPoint !== 0) refuseOperator(reading, `its input of 16 bits has zero point ${x.zeroPoint}.`);
    return reading.step('softmax', { ...fixedPoint(softmaxFactor16(x.scale, beta)), differenceMinimum: 0 });
  }
  return reading.step('softmax', { ...softmaxFactors(x.scale, beta) });
};
