import { fixedPoint } from '../fixed-point.ts';
import { refuseLowering } from './grid.ts';
import { type Lowered, type Lowering, type LowerRule, requantization, requantize } from './rule.ts';

const leftShift = (x: Lowered): number => (x.grid.type === 'int16' ? 15 : 20);

/** Sums of more than two go one after the other, each on the output's grid. */
function folded(lowering: Lowering, step: (a: Lowered, b: Lowered, to: Lowered) => void): void {
  const { node, inputs, output, value } = lowering;
  const [first, ...others] = inputs as readonly [Lowered, ...Lowered[]];
  others.reduce((sum, next, i) => {
    const to = i === others.length - 1 ? output : value(`${node.id}.${i + 1}`, { grid: output.grid, shape: output.shape });
    step(sum, next, to);
    return to;
  }, first);
}

/**
 * Both inputs are taken to twice the larger of their scales, with `leftShift` bits to spare, added and taken to the output's grid.
 * TensorFlow Lite, `add.h`.
 */
export const lowerAdd: LowerRule = {
  grid: 'computes',
  lower: lowering =>
    folded(lowering, (a, b, to) => {
      const shift = Math.min(leftShift(a), leftShift(b));
      const twice = 2 * Math.max(a.grid.scale, b.grid.scale);
      const [left, right] = [fixedPoint(a.grid.scale / twice), fixedPoint(b.grid.scale / twice)];
      lowering.step(
        'add',
        { inputs: [a.tensor, b.tensor], output: to },
        {
          leftShift: shift,
          aZeroPoint: a.grid.zeroPoint,
          bZeroPoint: b.grid.zeroPoint,
          aMultiplier: left.multiplier,
          aShift: left.shift,
          bMultiplier: right.multiplier,
          bShift: right.shift,
          ...requantization([twice / (2 ** shift * to.grid.scale)], to.grid),
        },
      );
    }),
};

export const lowerMul: LowerRule = {
  grid: 'computes',
  lower: lowering =>
    folded(lowering, (a, b, to) =>
      lowering.step(
        'multiply',
        { inputs: [a.tensor, b.tensor], output: to },
        {
          aZeroPoint: a.grid.zeroPoint,
          bZeroPoint: b.grid.zeroPoint,
          ...requantization([(a.grid.scale * b.grid.scale) / to.grid.scale], to.grid),
        },
      ),
    ),
};

/** Inputs of other grids are taken to the output's first: a concatenation copies integers. */
export const lowerConcat: LowerRule = {
  grid: 'computes',
  lower(lowering) {
    const { node, inputs, output, value } = lowering;
    const axis = (node.attributes as { axis: number }).axis;
    const tensors = inputs.map((input, i) => {
      const { scale, zeroPoint, type } = input.grid;
      if (scale === output.grid.scale && zeroPoint === output.grid.zeroPoint && type === output.grid.type) return input.tensor;
      const moved = value(`${node.id}.input-${i}`, { grid: output.grid, shape: input.shape });
      requantize(lowering, input, moved);
      return moved.tensor;
    });
    lowering.step('concat', { inputs: tensors, output }, { axis: axis < 0 ? axis + output.shape.length : axis + 1 });
  },
};

/** A function of one value as a table of the 256 integers that 8 bits hold: f at each, rounded to the output's grid. */
export function lookup(fn: (x: number, attributes: Readonly<Record<string, unknown>>) => number): LowerRule {
  return {
    grid: 'computes',
    lower(lowering) {
      const { node, inputs, output } = lowering;
      const [{ grid, tensor }] = inputs as readonly [Lowered];
      if (grid.type === 'int16' || output.grid.type === 'int16')
        refuseLowering(node, 'it is a table, and integers of 16 bits have 65,536 entries.', 'Give its input and output 8 bits or fewer.');
      const first = grid.type === 'uint8' ? 0 : -128;
      const { scale, zeroPoint, low, high } = output.grid;
      const entries = Array.from({ length: 256 }, (_, i) => {
        const y = fn(grid.scale * (first + i - grid.zeroPoint), node.attributes);
        return Math.min(high, Math.max(low, Math.round(y / scale) + zeroPoint));
      });
      const type = output.grid.type === 'uint8' ? 'uint8' : 'int8';
      const data = type === 'uint8' ? Uint8Array.from(entries) : Int8Array.from(entries);
      const table = lowering.constant(`${node.id}.table`, { shape: [256], type, data });
      lowering.step('lookup', { inputs: [tensor, table], output }, {});
    },
  };
}
