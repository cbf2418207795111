import { assertAccumulator, reachOf } from './accumulator.ts';
import { matmulAttributes } from './elementwise.ts';
import type { Lowered, LowerRule } from './rule.ts';

/** A product of two values: as many products as the first has columns meet in one sum. */
export const lowerMatmul: LowerRule = {
  grid: 'computes',
  lower(lowering) {
    const { node, output } = lowering;
    const [a, b] = lowering.inputs as readonly [Lowered, Lowered];
    const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
    const attributes = matmulAttributes(a.grid, b.grid, output.grid);
    const terms = a.shape.at(transposeA ? -2 : -1) as number;
    assertAccumulator(node, [terms * reachOf(a.grid) * reachOf(b.grid)], { ...attributes, wide: a.grid.type === 'int16' });
    lowering.step('matmul', { inputs: [a.tensor, b.tensor], output }, { transposeA, transposeB, ...attributes });
  },
};
