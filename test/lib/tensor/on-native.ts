import { describe } from 'vitest';
import { hasNativeOps } from '../../../lib/tensor/native-ops.ts';
import { normal, type Random } from '../../../lib/tensor/random.ts';
import { attribute, type OpAttribute } from '../../../lib/tensor/run-op.ts';
import type { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';

// The project's own ops beside TensorFlow's, or beside loops. Where the compute kernels are not built there is nothing to compare.
export const on: ReturnType<typeof describe.runIf> = describe.runIf(hasNativeOps);

export const threads = (n: number): OpAttribute => attribute.int('threads', n);
export const values = (rng: Random, shape: number[]): tf.Tensor => upload(normal(rng, shape, { mean: 0.5, deviation: 2 }));
export const bits = (tensor: tf.Tensor): number[] => [...new Int32Array((tensor.dataSync() as Float32Array).slice().buffer)];
