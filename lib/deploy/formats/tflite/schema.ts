import type { ElementType } from '../../program.ts';

// Numbers of the .tflite schema, version 3 (tensorflow/lite/schema/schema.fbs): fields by their place in a table, enumerations by their value.

export const modelFields = { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4 } as const;
export const operatorCodeFields = { deprecatedCode: 0, custom: 1, version: 2, code: 3 } as const;
export const subgraphFields = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 } as const;
export const tensorFields = {
  shape: 0,
  type: 1,
  buffer: 2,
  name: 3,
  quantization: 4,
  variable: 5,
  sparsity: 6,
  hasRank: 8,
  variants: 9,
  externalBuffer: 10,
} as const;
export const quantizationFields = { scale: 2, zeroPoint: 3, detailsType: 4, axis: 6 } as const;
export const operatorFields = { code: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4, custom: 5, options2Type: 11 } as const;
export const bufferFields = { data: 0, offset: 1, size: 2 } as const;

/** Element types that a program has too. */
export const typeNumbers: Readonly<Record<ElementType, number>> = {
  float32: 0,
  int32: 2,
  uint8: 3,
  int64: 4,
  bool: 6,
  int16: 7,
  int8: 9,
  int4: 17,
};

const typeNames: Readonly<Record<number, string>> = {
  1: 'float16',
  5: 'string',
  8: 'complex64',
  10: 'float64',
  12: 'uint64',
  15: 'uint32',
  16: 'uint16',
  18: 'bfloat16',
  19: 'int2',
  20: 'uint4',
};

const types = new Map<number, ElementType>(Object.entries(typeNumbers).map(([name, number]) => [number, name as ElementType]));

/** The element type of this number, or the name of one that programs do not have. */
export function typeOf(number: number): { readonly type?: ElementType; readonly name: string } {
  const type = types.get(number);
  return type ? { type, name: type } : { name: typeNames[number] ?? `type ${number}` };
}

/** The name of an operator that is read. */
export type TfliteOp =
  | 'ADD'
  | 'AVERAGE_POOL_2D'
  | 'CONCATENATION'
  | 'CONV_2D'
  | 'DEPTHWISE_CONV_2D'
  | 'DEQUANTIZE'
  | 'FULLY_CONNECTED'
  | 'LOGISTIC'
  | 'MAX_POOL_2D'
  | 'MUL'
  | 'RELU'
  | 'RELU_N1_TO_1'
  | 'RELU6'
  | 'RESHAPE'
  | 'SOFTMAX'
  | 'TANH'
  | 'PAD'
  | 'TRANSPOSE'
  | 'MEAN'
  | 'SUB'
  | 'SQUEEZE'
  | 'MAXIMUM'
  | 'MINIMUM'
  | 'PADV2'
  | 'TRANSPOSE_CONV'
  | 'EXPAND_DIMS'
  | 'LEAKY_RELU'
  | 'QUANTIZE'
  | 'HARD_SWISH'
  | 'BATCH_MATMUL'
  | 'PACK'
  | 'SHAPE'
  | 'SLICE'
  | 'SPLIT'
  | 'SPLIT_V'
  | 'STRIDED_SLICE';

interface Operator {
  readonly code: number;
  /** The table of options that it has; 0: none. */
  readonly options: number;
  /** The last version that is known. */
  readonly version: number;
}

/** Operators that are read. */
export const operators: Readonly<Record<TfliteOp, Operator>> = {
  ADD: { code: 0, options: 11, version: 5 },
  AVERAGE_POOL_2D: { code: 1, options: 5, version: 3 },
  CONCATENATION: { code: 2, options: 10, version: 4 },
  CONV_2D: { code: 3, options: 1, version: 9 },
  DEPTHWISE_CONV_2D: { code: 4, options: 2, version: 7 },
  DEQUANTIZE: { code: 6, options: 38, version: 6 },
  FULLY_CONNECTED: { code: 9, options: 8, version: 14 },
  LOGISTIC: { code: 14, options: 0, version: 3 },
  MAX_POOL_2D: { code: 17, options: 5, version: 3 },
  MUL: { code: 18, options: 21, version: 7 },
  RELU: { code: 19, options: 0, version: 3 },
  RELU_N1_TO_1: { code: 20, options: 0, version: 1 },
  RELU6: { code: 21, options: 0, version: 3 },
  RESHAPE: { code: 22, options: 17, version: 2 },
  SOFTMAX: { code: 25, options: 9, version: 3 },
  TANH: { code: 28, options: 0, version: 3 },
  PAD: { code: 34, options: 22, version: 5 },
  TRANSPOSE: { code: 39, options: 26, version: 7 },
  MEAN: { code: 40, options: 27, version: 3 },
  SUB: { code: 41, options: 28, version: 5 },
  SQUEEZE: { code: 43, options: 30, version: 3 },
  STRIDED_SLICE: { code: 45, options: 32, version: 8 },
  SPLIT: { code: 49, options: 35, version: 4 },
  MAXIMUM: { code: 55, options: 39, version: 4 },
  MINIMUM: { code: 57, options: 39, version: 4 },
  PADV2: { code: 60, options: 43, version: 5 },
  SLICE: { code: 65, options: 48, version: 7 },
  TRANSPOSE_CONV: { code: 67, options: 49, version: 5 },
  EXPAND_DIMS: { code: 70, options: 52, version: 2 },
  SHAPE: { code: 77, options: 55, version: 1 },
  PACK: { code: 83, options: 59, version: 4 },
  LEAKY_RELU: { code: 98, options: 75, version: 3 },
  SPLIT_V: { code: 102, options: 79, version: 2 },
  QUANTIZE: { code: 114, options: 89, version: 4 },
  HARD_SWISH: { code: 117, options: 91, version: 1 },
  BATCH_MATMUL: { code: 126, options: 101, version: 4 },
};

/** The code of operators that a program of its own defines. */
export const customCode = 32;

/** Names of further operators that networks have, for messages. */
export const otherOperators: Readonly<Record<number, string>> = {
  5: 'DEPTH_TO_SPACE',
  11: 'L2_NORMALIZATION',
  16: 'LSTM',
  23: 'RESIZE_BILINEAR',
  26: 'SPACE_TO_DEPTH',
  27: 'SVDF',
  32: 'CUSTOM',
  36: 'GATHER',
  37: 'BATCH_TO_SPACE_ND',
  38: 'SPACE_TO_BATCH_ND',
  42: 'DIV',
  44: 'UNIDIRECTIONAL_SEQUENCE_LSTM',
  47: 'EXP',
  50: 'LOG_SOFTMAX',
  53: 'CAST',
  54: 'PRELU',
  56: 'ARG_MAX',
  74: 'SUM',
  76: 'RSQRT',
  82: 'REDUCE_MAX',
  97: 'RESIZE_NEAREST_NEIGHBOR',
  99: 'SQUARED_DIFFERENCE',
  100: 'MIRROR_PAD',
  111: 'ELU',
  118: 'IF',
  119: 'WHILE',
  150: 'GELU',
};

/** Fields of the tables of options. */
export const optionFields = {
  convolution: { padding: 0, strideWidth: 1, strideHeight: 2, activation: 3, dilationWidth: 4, dilationHeight: 5, biasType: 6 },
  depthwise: { padding: 0, strideWidth: 1, strideHeight: 2, multiplier: 3, activation: 4, dilationWidth: 5, dilationHeight: 6 },
  transposed: { padding: 0, strideWidth: 1, strideHeight: 2, activation: 3, biasType: 4 },
  pool: { padding: 0, strideWidth: 1, strideHeight: 2, width: 3, height: 4, activation: 5 },
  dense: { activation: 0, weightsFormat: 1, keepAxes: 2, biasType: 4 },
  sum: { activation: 0, powersOfTwo: 1 },
  product: { activation: 0 },
  concatenation: { axis: 0, activation: 1 },
  softmax: { beta: 0 },
  reshape: { shape: 0 },
  squeeze: { axes: 0 },
  reducer: { keepAxes: 0 },
  leakyRelu: { slope: 0 },
  pack: { count: 0, axis: 1 },
  stridedSlice: { begin: 0, end: 1, ellipsis: 2, newAxis: 3, shrink: 4, offset: 5 },
  matmul: { transposeA: 0, transposeB: 1 },
} as const;

/** Padding of a window over an image. */
export const paddings = { same: 0, valid: 1 } as const;

/** Activations that are fused into an operator. */
export const activations = { none: 0, relu: 1, reluN1To1: 2, relu6: 3 } as const;
