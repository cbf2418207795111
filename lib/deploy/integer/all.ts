// Every op on integers, one a line. Its attributes and its definition stand in its own file.

export { add, subtract } from './add.ts';
export { conv2d } from './conv2d.ts';
export { conv2dTranspose } from './conv2d-transpose.ts';
export { dense } from './dense.ts';
export { depthwiseConv2d } from './depthwise-conv2d.ts';
export { maximum, minimum } from './extremes.ts';
export { lookup } from './lookup.ts';
export { matmul } from './matmul.ts';
export { mean } from './mean.ts';
export { multiply } from './multiply.ts';
export { paste } from './paste.ts';
export { averagePool, maxPool } from './pool.ts';
export { dequantize, quantize } from './real-borders.ts';
export { requantize } from './requantize.ts';
export { concat, pad, reshape, slice, transpose } from './shapes.ts';
export { softmax } from './softmax.ts';
export { sigmoid, tanh } from './wide-functions.ts';
