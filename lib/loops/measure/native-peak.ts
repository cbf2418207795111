import { summarizeTimes } from '../../measure/times.ts';
import { binding, native } from '../../tensor/native.ts';
import { int8Kernels, int8Shape } from '../../tensor/native-int8.ts';
import type { CeilingKind } from './ceiling.ts';

const side = 512;
const runs = 40;

/**
 * 10^9 operations a second that native code reaches on this machine: one thread of the kernels in C++ on a product of 512 × 512 matrices, of the kind that a loop
 * computes. Where they are not built, float32 products of TensorFlow.js.
 */
export async function measureNativePeak(kind: CeilingKind): Promise<number> {
  const run = binding && (kind === 'float32' ? floats() : bytes());
  if (!run) {
    // TensorFlow takes seconds to load: only where there is nothing else to measure with
    const { measureDevice } = await import('../../measure/roofline.ts');
    return measureDevice().peakFlops / 1e9;
  }
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return (2 * side ** 3) / summarizeTimes(times).minMs / 1e6;
}

function floats(): () => void {
  const [a, b, out] = [new Float32Array(side * side).fill(0.5), new Float32Array(side * side).fill(0.25), new Float32Array(side * side)];
  return () => native.matmul(a, b, { m: side, k: side, n: side, out });
}

/** Weights are packed before, as they are in a network. */
function bytes(): (() => void) | undefined {
  const kernels = int8Kernels();
  if (!kernels) return undefined;
  const [a, b, packed] = [new Int8Array(side * side).fill(3), new Int8Array(side * side).fill(5), new Int8Array(side * side)];
  kernels.int8MatmulPack(int8Shape.matmulPack({ k: side, n: side }), b, packed, { threads: 1 });
  const shape = int8Shape.matmul({ m: side, k: side, n: side, isSigned: 1, zero: 0, isSums: 1, outputZero: 0, low: -128, high: 127 });
  const sums = new Uint8Array(4 * side * side);
  return () => kernels.int8Matmul(shape, a, packed, undefined, sums, { threads: 1 });
}
