import { LabError } from '../../../tensor/errors.ts';
import type { Shape } from '../../../tensor/shape.ts';

/** The axis counted from the start; negative ones count from the end. */
export function axisOf(shape: Shape, axis: number): number {
  const found = axis < 0 ? shape.length + axis : axis;
  if (Number.isInteger(found) && found >= 0 && found < shape.length) return found;
  throw new LabError(
    'prune/axis',
    `A weight of shape [${shape.join(', ')}] has no axis ${axis}.`,
    `Its axes are 0–${shape.length - 1}; kernels of convolutions are [kh, kw, in, out].`,
  );
}
