import type { ElementType, ProgramTensor } from '../../../program.ts';
import type { TfliteOp } from '../schema.ts';

/** Versions by the type of the output: the first that computes with it. LiteRT, `tools/versioning/op_version.cc`. */
const byType: Readonly<Partial<Record<TfliteOp, Readonly<Partial<Record<ElementType, number>>>>>> = {
  ADD: { int8: 2, int16: 3 },
  AVERAGE_POOL_2D: { int8: 2, int16: 3 },
  BATCH_MATMUL: { int8: 2, int16: 3 },
  CONCATENATION: { int8: 2, int16: 3 },
  CONV_2D: { int8: 3, int16: 4 },
  DEPTHWISE_CONV_2D: { int8: 3, int16: 5 },
  FULLY_CONNECTED: { int8: 4, int16: 7 },
  LEAKY_RELU: { int8: 2, int16: 2 },
  LOGISTIC: { int8: 2, int16: 3 },
  MAXIMUM: { int8: 2, int16: 4 },
  MAX_POOL_2D: { int8: 2, int16: 3 },
  MEAN: { int8: 2, int16: 3 },
  MINIMUM: { int8: 2, int16: 4 },
  MUL: { int8: 2, int16: 4 },
  PAD: { int8: 2, int16: 4 },
  PADV2: { int8: 2, int16: 4 },
  RELU: { int8: 2, int16: 3 },
  RELU6: { int8: 2, int16: 3 },
  SLICE: { int8: 2, int16: 4 },
  SOFTMAX: { int8: 2, int16: 3 },
  SPLIT: { int8: 2, int16: 4 },
  SPLIT_V: { int8: 2 },
  STRIDED_SLICE: { int8: 2 },
  SUB: { int8: 2, int16: 5 },
  TANH: { int8: 2, int16: 3 },
  TRANSPOSE: { int8: 2, int16: 5 },
  TRANSPOSE_CONV: { int8: 2, int16: 4 },
};

/** The version that an operator needs: readers refuse the file when it is later than theirs. */
export function versionOf(op: TfliteOp, inputs: readonly (ProgramTensor | undefined)[], output: ProgramTensor): number {
  const base = byType[op]?.[output.type] ?? 1;
  const [first, second] = inputs;
  const rank = Math.max(...inputs.map(input => input?.shape.length ?? 0));
  const short = output.type === 'int16' && inputs.at(-1)?.type === 'int32' && inputs.length > 2;
  if (op === 'CONV_2D' && short) return 8;
  if (op === 'FULLY_CONNECTED' && short) return 11;
  if (op === 'TRANSPOSE_CONV' && short) return 5;
  if (op === 'CONV_2D' && second?.type === 'int4') return 7;
  if (op === 'CONV_2D' && second?.shape[3] !== first?.shape[3]) return Math.max(base, 6);
  if (op === 'DEPTHWISE_CONV_2D' && second?.type === 'int4') return 6;
  if (op === 'FULLY_CONNECTED' && second?.quantization?.axis !== undefined) return 12;
  if (op === 'FULLY_CONNECTED' && second?.type === 'int4') return 10;
  if (op === 'FULLY_CONNECTED' && output.shape.length > 2) return Math.max(base, 5);
  if (op === 'DEQUANTIZE') return first?.type === 'int16' ? 3 : first?.type === 'int8' ? 2 : 1;
  if (op === 'QUANTIZE' && (first?.type === 'int16' || output.type === 'int16')) return 2;
  if (op === 'TRANSPOSE_CONV' && inputs.length === 4) return Math.max(base, 3);
  if (op === 'TRANSPOSE' && rank > 5) return 6;
  if (op === 'STRIDED_SLICE' && rank > 4) return 4;
  if ((op === 'ADD' || op === 'SUB') && rank > 4) return 4;
  return base;
}
