/**
 * Specs of tfjs-core that ask for another rule than ours: a NaN that a pool or an argmax skips would let a network of broken weights look sound, so
 * ours pass it on, as PyTorch and ONNX do. Each must go on to fail.
 */
export const otherRules: readonly string[] = [
  'argmax test-tensorflow {} ignores NaNs',
  'argmin test-tensorflow {} ignores NaNs',
  'argmin test-tensorflow {} 3D, ignores NaNs',
  'maxPool3d test-tensorflow {} x=[1,3,3,3,1] f=[2,2,2] s=1 p=valid, ignores NaNs',
  'maxPool test-tensorflow {} [x=[3,3,1] f=[2,2] s=1 ignores NaNs',
];
