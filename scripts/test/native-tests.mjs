/** The tests of the compute kernels and of the TensorFlow ops made of them: what says whether native code is right. */
export const nativeTests = [
  'test/kernels/compute',
  ...['native-ops', 'native-batch-norm', 'native-bf16-op', 'native-conv', 'fused-ops', 'native-ops-hostile', 'optimizers'].map(
    name => `test/lib/tensor/${name}.test.ts`,
  ),
];
