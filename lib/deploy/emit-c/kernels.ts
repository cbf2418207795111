import type { IntegerOpName } from '../integer/index.ts';
import { tableAdd, tableSubtract } from './cortex/add.ts';
import { smladConv, smladDense } from './cortex/conv2d.ts';
import { smladDepthwise } from './cortex/depthwise.ts';
import { mveConv, mveDense } from './cortex/mve.ts';
import { mveDepthwise } from './cortex/mve-depthwise.ts';
import { simdAveragePool, simdMaxPool } from './cortex/pool.ts';
import { smladRows } from './cortex/rows.ts';
import type { Kernel } from './kernel.ts';
import { conv2d } from './plain/conv2d.ts';
import { conv2dTranspose } from './plain/conv2d-transpose.ts';
import { dense } from './plain/dense.ts';
import { depthwiseConv2d } from './plain/depthwise-conv2d.ts';
import { depthwiseInPlace } from './plain/depthwise-in-place.ts';
import { add, lookup, maximum, minimum, multiply, requantize, subtract } from './plain/elementwise.ts';
import { matmul } from './plain/matmul.ts';
import { mean } from './plain/mean.ts';
import { concat, pad, reshape, slice, transpose } from './plain/moves.ts';
import { paste } from './plain/paste.ts';
import { averagePool, maxPool } from './plain/pool.ts';
import { dequantize, quantize } from './plain/real-borders.ts';
import { softmax } from './plain/softmax.ts';
import { softmax16 } from './plain/softmax-16.ts';
import { sigmoid, tanh } from './plain/wide-functions.ts';
import { columnConv } from './scheduled/columns.ts';
import { directConv } from './scheduled/direct.ts';

/** The kernels of each op, the best first: the first one that fits a step writes it. */
export const kernels: Readonly<Record<IntegerOpName, readonly Kernel<never>[] | 'refused'>> = {
  add: [tableAdd, add],
  'average-pool': [simdAveragePool, averagePool],
  concat: [concat],
  'conv2d-transpose': [conv2dTranspose],
  conv2d: [smladConv, smladRows, mveConv, directConv, columnConv, conv2d],
  dense: [smladDense, mveDense, dense],
  'depthwise-conv2d': [smladDepthwise, mveDepthwise, depthwiseInPlace, depthwiseConv2d],
  dequantize: [dequantize],
  lookup: [lookup],
  matmul: [matmul],
  'max-pool': [simdMaxPool, maxPool],
  maximum: [maximum],
  mean: [mean],
  minimum: [minimum],
  multiply: [multiply],
  pad: [pad],
  paste: [paste],
  quantize: [quantize],
  requantize: [requantize],
  reshape: [reshape],
  sigmoid: [sigmoid],
  slice: [slice],
  softmax: [softmax, softmax16],
  subtract: [tableSubtract, subtract],
  tanh: [tanh],
  transpose: [transpose],
};
