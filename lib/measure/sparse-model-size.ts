import type { Model, Parameter } from '../model/model.ts';
import { realValue } from '../model/real-value.ts';
import { kernelMatrix, type SparseFormat } from '../sparse/format.ts';
import { LabError } from '../tensor/errors.ts';
import { sizeOf } from '../tensor/shape.ts';
import { parameterBits } from './model-size.ts';

/** Bits of a weight in a sparse format, index included; undefined when the format can't hold it (not N:M) or it is no weight matrix. */
function sparseBits(parameter: Parameter, format: SparseFormat, denseBits: number): number | undefined {
  const { value } = parameter;
  if (!parameter.trainable || value.shape.length < 2) return undefined;
  // an index of a vector code book stands for several weights, of which none can be left out
  if (parameter.quantization?.kind === 'codebook' && parameter.quantization.vector) return undefined;
  const valueBits = parameter.quantization?.bits ?? parameterBits(parameter) / sizeOf(value.shape);
  const tables = denseBits - sizeOf(value.shape) * valueBits;
  try {
    const { values, indexBits } = format.encode(kernelMatrix(realValue(parameter))).stored;
    return values * valueBits + indexBits + tables;
  } catch (error) {
    if (error instanceof LabError && error.code === 'prune/not-n-m') return undefined;
    throw error;
  }
}

/**
 * Bytes that the parameters take when each weight (kernel) is stored in a sparse format or densely, whichever is smaller: values, the index
 * that says where they stand, scales and code books; everything else dense. Zeros that cost an index are why 75 % sparsity isn't 25 % of the size.
 * @example
 * const dense = mlp({ input: [32], hidden: [64], classes: 2, seed: 1 });
 * const sparse = pruneMagnitude(dense, { sparsity: 0.9 });
 * sparseModelSize(dense, eie) === modelSize(dense); // → true
 * sparseModelSize(sparse, eie) < sparseModelSize(sparse, csr); // → true
 */
export function sparseModelSize(model: Model, format: SparseFormat): number {
  const bits = Object.values(model.parameters).map(parameter => {
    const dense = parameterBits(parameter);
    return Math.min(dense, sparseBits(parameter, format, dense) ?? dense);
  });
  return Math.ceil(bits.reduce((sum, own) => sum + own, 0) / 8);
}
