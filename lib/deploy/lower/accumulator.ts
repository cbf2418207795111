import type { Node } from '../../model/model.ts';
import { LabError } from '../../tensor/errors.ts';
import type { Grid } from './grid.ts';
import type { IntegerWeight } from './weights.ts';

/** The farthest that an integer of a grid lies from its zero point. */
export function reachOf({ low, high, zeroPoint }: Grid): number {
  return Math.max(high - zeroPoint, zeroPoint - low);
}

/** For each output channel of a layer, how far from 0 its sum may lie: the reach of the input · Σ |w - Z_w| + |bias|. */
export function boundsOf({ codes, zeroPoint, channelOf }: IntegerWeight, grid: Grid, bias: Float64Array): Float64Array {
  const sums = new Float64Array(zeroPoint.length);
  for (let i = 0; i < codes.length; i++) {
    const c = channelOf(i);
    sums[c] = (sums[c] as number) + Math.abs((codes[i] as number) - (zeroPoint[c] as number));
  }
  return sums.map((sum, c) => sum * reachOf(grid) + Math.abs(bias[c] as number));
}

/**
 * Refuses sums that their accumulator may not hold: they would wrap. It has 32 bits, and what a shift to the left makes of it has as many; that of int16
 * activations counts to 2^47.
 * @throws LabError `deploy/accumulator`.
 */
export function assertAccumulator(node: Node, bounds: Iterable<number>, { shift = [0], wide = false }: AccumulatorOptions = {}): void {
  const end = wide ? 2 ** 47 : 2 ** 31;
  for (const [c, bound] of [...bounds].entries()) {
    const left = wide ? 0 : Math.max(0, shift[shift.length === 1 ? 0 : c] as number);
    if (bound * 2 ** left < end) continue;
    throw new LabError(
      'deploy/accumulator',
      `Node ${node.id} (${node.op}): its sums may reach ${bound}${left ? ` · 2^${left}` : ''} in output channel ${c}; the accumulator ends at ${end - 1}.`,
      'Give activations or weights fewer bits, split the layer, or calibrate the output over its whole range.',
    );
  }
}

interface AccumulatorOptions {
  /** Shifts of the multipliers, one for all or one for each channel. */
  readonly shift?: readonly number[];
  readonly wide?: boolean;
}
