import type { Attributes } from '../../model/model.ts';
import type { Shape } from '../../tensor/shape.ts';
import { factors, sumAttributes } from '../factors.ts';
import type { RequantizeAttributes } from '../integer/requantize-attributes.ts';
import { realTable, type TableGrid, type WrittenGrid } from '../real-table.ts';
import { assertAccumulator, reachOf } from './accumulator.ts';
import { type Grid, refuseLowering } from './grid.ts';
import { type Lowered, type Lowering, type LowerRule, requantization, requantize } from './rule.ts';

/**
 * More than two inputs go one after the other. What is between them lies on 16 bits that reach as far as they can: the
 * output's grid would cut off what the next one brings back.
 */
function folded(
  lowering: Lowering,
  { reach, step }: { reach: (a: number, b: number) => number; step: (a: Lowered, b: Lowered, to: Lowered) => void },
): void {
  const { node, inputs, output, value } = lowering;
  const [first, ...others] = inputs as readonly [Lowered, ...Lowered[]];
  others.reduce((sum, next, i) => {
    const between = (): Lowered =>
      value(`${node.id}.${i + 1}`, { grid: symmetric(reach(realReach(sum), realReach(next))), shape: stretchedTo(sum.shape, next.shape) });
    const to = i === others.length - 1 ? output : between();
    step(sum, next, to);
    return to;
  }, first);
}

/** Axes of length 1 are stretched to the other's. */
const stretchedTo = (a: Shape, b: Shape): Shape => a.map((length, axis) => Math.max(length, b[axis] as number));

/** The farthest from 0 that a value lies. */
const realReach = ({ grid }: Lowered): number => reachOf(grid) * grid.scale;

const symmetric = (reach: number): Grid => ({ scale: Math.fround(reach / 32767), zeroPoint: 0, low: -32767, high: 32767, type: 'int16' });

/** What `add` and `subtract` compute with. */
export function sumSteps(a: Grid, b: Grid, to: Grid): Attributes {
  const { attributes, factor } = sumAttributes(a, b, to.scale);
  return { ...attributes, ...requantization([factor], to) };
}

export const lowerAdd: LowerRule = {
  grid: 'computes',
  lower: lowering =>
    folded(lowering, {
      reach: (a, b) => a + b,
      step: (a, b, to) => lowering.step('add', { inputs: [a.tensor, b.tensor], output: to }, sumSteps(a.grid, b.grid, to.grid)),
    }),
};

/** What `multiply` computes with. */
export function productAttributes(
  a: Grid,
  b: Grid,
  to: Grid,
): RequantizeAttributes & { readonly aZeroPoint: number; readonly bZeroPoint: number } {
  return { aZeroPoint: a.zeroPoint, bZeroPoint: b.zeroPoint, ...requantization([factors.product(a.scale, b.scale, to.scale)], to) };
}

/** What `matmul` computes with. */
export function matmulAttributes(a: Grid, b: Grid, to: Grid): ReturnType<typeof productAttributes> {
  return { ...productAttributes(a, b, to), ...requantization([factors.perTensor(a.scale, b.scale, to.scale)], to) };
}

export const lowerMul: LowerRule = {
  grid: 'computes',
  lower: lowering =>
    folded(lowering, {
      reach: (a, b) => a * b,
      step: (a, b, to) => {
        const attributes = productAttributes(a.grid, b.grid, to.grid);
        assertAccumulator(lowering.node, [reachOf(a.grid) * reachOf(b.grid)], attributes);
        lowering.step('multiply', { inputs: [a.tensor, b.tensor], output: to }, attributes);
      },
    }),
};

/** Inputs of other grids are taken to the output's first: a concatenation copies integers. */
export const lowerConcat: LowerRule = {
  grid: 'computes',
  lower(lowering) {
    const { node, inputs, output, value } = lowering;
    const axis = (node.attributes as { axis: number }).axis;
    const tensors = inputs.map((input, i) => {
      const { scale, zeroPoint, type, low, high } = input.grid;
      const inside = low >= output.grid.low && high <= output.grid.high;
      if (inside && scale === output.grid.scale && zeroPoint === output.grid.zeroPoint && type === output.grid.type) return input.tensor;
      const moved = value(`${node.id}.input-${i}`, { grid: output.grid, shape: input.shape });
      requantize(lowering, input, moved);
      return moved.tensor;
    });
    lowering.step('concat', { inputs: tensors, output }, { axis: axis < 0 ? axis + output.shape.length : axis + 1 });
  },
};

/** The entries of a table: the integer of y for each of the 256 integers of x, from the smallest on. */
type Entries = (x: TableGrid, y: WrittenGrid, attributes: Attributes) => readonly number[];

/** A function of one value as a table of the 256 integers that 8 bits hold. */
export function table(entriesOf: Entries): LowerRule {
  return {
    grid: 'computes',
    lower(lowering) {
      const { node, inputs, output } = lowering;
      const [{ grid, tensor }] = inputs as readonly [Lowered];
      if (grid.type === 'int16' || output.grid.type === 'int16')
        refuseLowering(node, 'it is a table, and integers of 16 bits have 65,536 entries.', 'Give its input and output 8 bits or fewer.');
      const entries = entriesOf({ ...grid, type: grid.type === 'uint8' ? 'uint8' : 'int8' }, output.grid, node.attributes);
      const type = output.grid.type === 'uint8' ? 'uint8' : 'int8';
      const data = type === 'uint8' ? Uint8Array.from(entries) : Int8Array.from(entries);
      const constant = lowering.constant(`${node.id}.table`, { shape: [256], type, data });
      lowering.step('lookup', { inputs: [tensor, constant], output }, {});
    },
  };
}

/** A real function as a table: f at each integer, rounded to the output's grid. */
export const lookup = (fn: (x: number, attributes: Attributes) => number): LowerRule =>
  table((x, y, attributes) => realTable(value => fn(value, attributes), x, y));
