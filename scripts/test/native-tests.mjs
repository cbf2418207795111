const tensor = ['native-ops', 'native-batch-norm', 'native-bf16-op', 'native-conv', 'fused-ops', 'native-ops-hostile'];
const around = ['batch-norm', 'optimizers', 'fake-quantize'];

/** The tests of the compute kernels and of the TensorFlow ops made of them: what says whether native code is right. */
export const nativeTests = ['test/kernels/compute/*.test.ts', ...[...tensor, ...around].map(name => `test/lib/tensor/${name}.test.ts`)];

/** Levels of TINYLAB_ISA at which they run besides, each a project of vitest; what the best processors do is run by `quick`. */
export const levels = ['plain', 'avx2', 'avx512', 'vnni'];
