import { activations, type TfliteOp } from '../schema.ts';
import { averagePool, dequantize, extreme, maxPool, multiply, quantize, relu, softmax, sum } from './elementwise.ts';
import { hardSwish, leakyRelu, logistic, tanh } from './functions.ts';
import { batchMatmul, conv2d, depthwiseConv2d, fullyConnected, transposeConv } from './layers.ts';
import type { ReadRule } from './rule.ts';
import { concatenation, expandDims, mean, pad, reshape, squeeze, transpose } from './shapes.ts';
import { pack, shapeOf, slice, split, splitV, stridedSlice } from './slices.ts';

/** How each operator becomes a step. */
export const rules: Readonly<Record<TfliteOp, ReadRule>> = {
  ADD: sum('add'),
  AVERAGE_POOL_2D: averagePool,
  BATCH_MATMUL: batchMatmul,
  CONCATENATION: concatenation,
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  DEQUANTIZE: dequantize,
  EXPAND_DIMS: expandDims,
  FULLY_CONNECTED: fullyConnected,
  HARD_SWISH: hardSwish,
  LEAKY_RELU: leakyRelu,
  LOGISTIC: logistic,
  MAXIMUM: extreme('maximum'),
  MAX_POOL_2D: maxPool,
  MEAN: mean,
  MINIMUM: extreme('minimum'),
  MUL: multiply,
  PACK: pack,
  PAD: pad,
  PADV2: pad,
  QUANTIZE: quantize,
  RELU: relu(activations.relu),
  RELU6: relu(activations.relu6),
  RELU_N1_TO_1: relu(activations.reluN1To1),
  RESHAPE: reshape,
  SHAPE: shapeOf,
  SLICE: slice,
  SOFTMAX: softmax,
  SPLIT: split,
  SPLIT_V: splitV,
  SQUEEZE: squeeze,
  STRIDED_SLICE: stridedSlice,
  SUB: sum('subtract'),
  TANH: tanh,
  TRANSPOSE: transpose,
  TRANSPOSE_CONV: transposeConv,
};

/** Operators that may write several tensors. */
export const several: ReadonlySet<TfliteOp> = new Set<TfliteOp>(['SPLIT', 'SPLIT_V']);
