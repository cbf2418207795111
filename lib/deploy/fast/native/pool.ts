import { type Bytes, int8Shape } from '../../../tensor/native-int8.ts';
import type { PoolStep } from '../../integer/pool.ts';
import { isBytes, isSigned } from '../eligible.ts';
import type { Bound, Way } from '../step.ts';

type Four = readonly [number, number, number, number];

const pool =
  (isMean: 0 | 1): Way =>
  ({ inputs, outputs, attributes, kernels, threads, count }) => {
    const [x] = inputs as readonly [Bound];
    const y = outputs[0] as Bound;
    if (!kernels || !isBytes(x) || x.constant) return undefined;
    const [batch, height, width, channels] = x.shape as Four;
    const [, outHeight, outWidth] = y.shape as Four;
    const { window, strides, padding, low, high } = attributes as unknown as PoolStep;
    const shape = int8Shape.pool({
      ...{ images: batch * count, height, width, channels, windowHeight: window[0], windowWidth: window[1], outHeight, outWidth },
      ...{ strideDown: strides[0], strideRight: strides[1], top: padding[0], left: padding[1] },
      ...{ isSigned: Number(isSigned(x)), isMean, low, high },
    });
    const [from, to] = [x.data as Bytes, y.data as Bytes];
    const { int8Pool } = kernels;
    return () => int8Pool(shape, from, to, threads);
  };

export const averagePool: Way = pool(1);
export const maxPool: Way = pool(0);
