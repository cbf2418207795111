import type { IntegerOpName } from '../../../integer/index.ts';
import { add, dequantize, lookup, maximum, minimum, multiply, quantize, requantize, sigmoid, subtract, tanh } from './elementwise.ts';
import { conv2d, conv2dTranspose, dense, depthwiseConv2d } from './layers.ts';
import { concat, pad, paste, reshape, slice, transpose } from './moves.ts';
import type { OnnxRule } from './rule.ts';
import { averagePool, matmul, maxPool, mean, softmax } from './windows.ts';

/** How each op on integers stands in ONNX. */
export const onnxRules: Readonly<Record<IntegerOpName, OnnxRule>> = {
  add,
  'average-pool': averagePool,
  concat,
  conv2d,
  'conv2d-transpose': conv2dTranspose,
  dense,
  'depthwise-conv2d': depthwiseConv2d,
  dequantize,
  lookup,
  matmul,
  'max-pool': maxPool,
  maximum,
  mean,
  minimum,
  multiply,
  pad,
  paste,
  quantize,
  requantize,
  reshape,
  sigmoid,
  slice,
  softmax,
  subtract,
  tanh,
  transpose,
};
