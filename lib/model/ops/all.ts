// Every op, one a line. Its name, its attributes and its rules stand in its own file.

export { add } from './add.ts';
export { averagePool } from './average-pool.ts';
export { batchNorm } from './batch-norm.ts';
export { concat } from './concat.ts';
export { conv2d } from './conv2d.ts';
export { conv2dTranspose } from './conv2d-transpose.ts';
export { dense } from './dense.ts';
export { depthwiseConv2d } from './depthwise-conv2d.ts';
export { flatten } from './flatten.ts';
export { globalAveragePool } from './global-average-pool.ts';
export { hardSwish } from './hard-swish.ts';
export { input } from './input.ts';
export { layerNorm } from './layer-norm.ts';
export { leakyRelu } from './leaky-relu.ts';
export { maxPool } from './max-pool.ts';
export { pad } from './pad.ts';
export { relu } from './relu.ts';
export { relu6 } from './relu6.ts';
export { reshape } from './reshape.ts';
export { sigmoid } from './sigmoid.ts';
export { softmax } from './softmax.ts';
export { swish } from './swish.ts';
export { tanh } from './tanh.ts';
