import { LabError } from '../../../tensor/errors.ts';
import { resolvedAxis, type Shape } from '../../../tensor/shape.ts';

/** The axis counted from the start; negative ones count from the end. */
export function axisOf(shape: Shape, axis: number): number {
  const found = resolvedAxis(shape, axis);
  if (found !== undefined) return found;
  throw new LabError(
    'prune/axis',
    `A weight of shape [${shape.join(', ')}] has no axis ${axis}.`,
    `Its axes are 0–${shape.length - 1}; kernels of convolutions are [kh, kw, in, out].`,
  );
}
