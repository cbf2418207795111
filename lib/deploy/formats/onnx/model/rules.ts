import type { OpName } from '../../../../model/ops/index.ts';
import {
  batchNorm,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  embedding,
  globalAveragePool,
  layerNorm,
  pool,
  scale,
} from './layers.ts';
import type { LayerRule } from './rule.ts';
import { concat, fakeQuantize, folded, leakyRelu, matmul, one, pad, relu6, reshape, sign, softmax, swish, transpose } from './values.ts';

/** How each op of a model stands in ONNX; an input is a value of the graph. */
export const layerRules: Readonly<Record<Exclude<OpName, 'input'>, LayerRule>> = {
  add: folded('Add'),
  'average-pool': pool('AveragePool'),
  'batch-norm': batchNorm,
  concat,
  conv2d,
  'conv2d-transpose': conv2dTranspose,
  dense,
  'depthwise-conv2d': depthwiseConv2d,
  embedding,
  'fake-quantize': fakeQuantize,
  flatten: reshape,
  'global-average-pool': globalAveragePool,
  'hard-swish': one('HardSwish'),
  'layer-norm': layerNorm,
  'leaky-relu': leakyRelu,
  matmul,
  'max-pool': pool('MaxPool'),
  mul: folded('Mul'),
  pad,
  relu: one('Relu'),
  relu6,
  reshape,
  scale,
  sigmoid: one('Sigmoid'),
  sign,
  softmax,
  swish,
  tanh: one('Tanh'),
  transpose,
};
