import { LabError } from '../../../tensor/errors.ts';
import { firstNotFinite } from '../../../tensor/finite.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { tileIndices } from '../../../tensor/tiles.ts';
import type { MaskedValue } from '../masked-value.ts';

/** Values whose magnitudes are averaged in each tile. */
export interface Magnitudes extends MaskedValue {
  readonly tile: Shape;
  /** Only magnitudes above that of the value's tile count; default: all. */
  readonly above?: Float64Array;
}

/** Mean of |x| in each tile, in row-major order, over the values that a mask keeps and that lie above the tile's threshold; 0 where none does. */
export function meanMagnitudes({ value, mask, tile, above }: Magnitudes): Float64Array {
  const { count, of } = tileIndices(value.shape, tile);
  const [sums, counts] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < of.length; i++) {
    const magnitude = Math.abs(value.data[i]);
    if (mask?.data[i] === 0 || (above && magnitude <= above[of[i]])) continue;
    sums[of[i]] += magnitude;
    counts[of[i]]++;
  }
  return sums.map((sum, t) => (counts[t] > 0 ? sum / counts[t] : 0));
}

/**
 * Refuses a value without numbers, or with some that are not finite.
 * @throws LabError `quantize/empty`, `quantize/finite`.
 */
export function assertNumbers({ data }: MaskedValue['value'], where: string): void {
  if (data.length === 0) throw new LabError('quantize/empty', `${where}: there is no value to quantize.`, 'Give at least one value.');
  const broken = firstNotFinite(data);
  if (broken >= 0)
    throw new LabError(
      'quantize/finite',
      `${where}: value ${broken} is ${data[broken]}; it has no sign and scale.`,
      'Did training diverge?',
    );
}
