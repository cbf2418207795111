import type { IntegerOpName } from '../../../integer/index.ts';
import {
  plain,
  writeConcat,
  writeLookup,
  writeMean,
  writeMultiply,
  writePad,
  writePool,
  writeRequantize,
  writeReshape,
  writeSlice,
  writeSoftmax,
  writeSum,
  writeTranspose,
} from './elementwise.ts';
import { writeConv2d, writeConv2dTranspose, writeDense, writeDepthwiseConv2d, writeMatmul } from './layers.ts';
import { refuseStep, type WriteRule } from './rule.ts';

/** How each step becomes an operator. */
export const rules: Readonly<Record<IntegerOpName, WriteRule>> = {
  add: writeSum('ADD'),
  'average-pool': writePool('AVERAGE_POOL_2D'),
  concat: writeConcat,
  conv2d: writeConv2d,
  'conv2d-transpose': writeConv2dTranspose,
  dense: writeDense,
  'depthwise-conv2d': writeDepthwiseConv2d,
  dequantize: plain('DEQUANTIZE'),
  lookup: writeLookup,
  matmul: writeMatmul,
  'max-pool': writePool('MAX_POOL_2D'),
  maximum: plain('MAXIMUM'),
  mean: writeMean,
  minimum: plain('MINIMUM'),
  multiply: writeMultiply,
  pad: writePad,
  paste: writing => refuseStep(writing, 'no operator writes into a part of a tensor.', 'Write the program as it was before patchProgram.'),
  quantize: plain('QUANTIZE'),
  requantize: writeRequantize,
  reshape: writeReshape,
  sigmoid: plain('LOGISTIC'),
  slice: writeSlice,
  softmax: writeSoftmax,
  subtract: writeSum('SUB'),
  tanh: plain('TANH'),
  transpose: writeTranspose,
};
