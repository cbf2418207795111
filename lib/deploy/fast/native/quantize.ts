import { type Bytes, int8Shape } from '../../../tensor/native-int8.ts';
import { sizeOf } from '../../../tensor/shape.ts';
import type { QuantizeStep } from '../../integer/real-borders.ts';
import { isBytes } from '../eligible.ts';
import type { Bound, Way } from '../step.ts';

/** Real numbers to bytes, where the scale is a float32: then its quotients in float32 are those of the reference. */
export const quantize: Way = ({ inputs, outputs, attributes, kernels, threads, count }) => {
  const [x] = inputs as readonly [Bound];
  const y = outputs[0] as Bound;
  const { scale, outputZeroPoint, low, high } = attributes as unknown as QuantizeStep;
  const covered = isBytes(y) && !x.constant && Math.fround(scale) === scale && low <= outputZeroPoint && outputZeroPoint <= high;
  if (!kernels || !covered) return undefined;
  const scaleBits = new Int32Array(Float32Array.of(scale).buffer)[0] as number;
  const shape = int8Shape.quantize({ scaleBits, outputZero: outputZeroPoint, low, high });
  const [from, to] = [x.data as Float32Array, y.data as Bytes];
  const options = { threads, length: sizeOf(y.shape) * count };
  const { int8Quantize } = kernels;
  return () => int8Quantize(shape, from, to, options);
};
