import type { Attributes } from '../../model/model.ts';
import { wideFunctionFactor } from '../factors.ts';
import { fixedPoint } from '../fixed-point.ts';
import type { IntegerOpName } from '../integer/index.ts';
import type { SoftmaxStep } from '../integer/softmax.ts';
import type { ElementType } from '../program.ts';
import { type Grid, refuseLowering } from './grid.ts';
import { type Lowered, type Lowering, type LowerRule, requantize } from './rule.ts';

/** The grids that probabilities are computed on. TensorFlow Lite, `activations.cc: SoftmaxPrepare`. */
export const probabilities: Readonly<Partial<Record<ElementType, Grid>>> = {
  int8: { scale: 1 / 256, zeroPoint: -128, low: -128, high: 127, type: 'int8' },
  uint8: { scale: 1 / 256, zeroPoint: 0, low: 0, high: 255, type: 'uint8' },
  int16: { scale: 1 / 32768, zeroPoint: 0, low: -32768, high: 32767, type: 'int16' },
};

/** Differences take 5 bits before the point for integers of 8 bits; those of 16 count from -10 to 0 in 65,535 steps. */
export function softmaxAttributes({ scale, type }: Grid): SoftmaxStep {
  if (type === 'int16') return { ...fixedPoint(scale / (10 / 65535)), differenceMinimum: 0 };
  const { multiplier, shift } = fixedPoint(Math.min(scale * 2 ** 26, 2 ** 31 - 1));
  return { multiplier, shift, differenceMinimum: -Math.floor((31 * 2 ** 26) / 2 ** shift) };
}

/** A step that writes the grid of probabilities, 1/256 or 1/32768; where another is asked for, one more step takes them there. */
function lowerToUnit(lowering: Lowering, op: IntegerOpName, attributes: Attributes): void {
  const { node, inputs, output, value } = lowering;
  const [{ grid, tensor, shape }] = inputs as readonly [Lowered];
  const own = probabilities[grid.type] as Grid;
  const { scale, zeroPoint, type, low, high } = output.grid;
  const same = scale === own.scale && zeroPoint === own.zeroPoint && type === own.type && low === own.low && high === own.high;
  const given = same ? output : value(`${node.id}.probabilities`, { grid: own, shape });
  lowering.step(op, { inputs: [tensor], output: given }, attributes);
  if (!same) requantize(lowering, given, output);
}

export const lowerSoftmax: LowerRule = {
  grid: 'computes',
  lower(lowering) {
    const [{ grid, shape }] = lowering.inputs as readonly [Lowered];
    if ((shape.at(-1) as number) > 4096)
      refuseLowering(
        lowering.node,
        `it sums ${shape.at(-1)} exponentials; 12 bits before the point hold 4,096.`,
        'Keep this part in float32.',
      );
    lowerToUnit(lowering, 'softmax', softmaxAttributes(grid));
  },
};

/** Sigmoid and tanh: of 16 bits by the interpolated table of the integer op, of 8 by `narrow`. */
export const lowerWide = (op: 'sigmoid' | 'tanh', narrow: LowerRule): LowerRule => ({
  grid: 'computes',
  lower(lowering) {
    const [{ grid }] = lowering.inputs as readonly [Lowered];
    if (grid.type !== 'int16') return narrow.lower(lowering);
    if (grid.zeroPoint !== 0)
      refuseLowering(lowering.node, `its input of 16 bits has zero point ${grid.zeroPoint}.`, 'Give it a symmetric format: zero point 0.');
    return lowerToUnit(lowering, op, { ...wideFunctionFactor(grid.scale) });
  },
});
