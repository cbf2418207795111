import type { Model } from '../../../model/model.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import type { Codebook } from '../../../model/quantization/quantization.ts';
import { realValue } from '../../../model/real-value.ts';
import { weightNames } from '../../../model/weights.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { firstNotFinite } from '../../../tensor/finite.ts';
import { random } from '../../../tensor/random.ts';
import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { type MaskedValue, type WeightChoice, withWeights } from '../masked-value.ts';
import type { QuantizedValue } from '../quantize-weights.ts';
import { type Vectors, vectorKMeans } from './vectors.ts';

/** How weights become the entries of a code book of vectors. */
export interface ProductOptions {
  /** Neighbours that an index stands for. */
  readonly length: number;
  /** Entries of the code book at most, 1 to 65,536; default 256. */
  readonly entries?: number;
  /** The axis along which they lie (negative counts from the end); default -2, what an output of a kernel sums over. */
  readonly axis?: number;
  /** Default 25. */
  readonly iterations?: number;
  /** Draws the beginning; default 0. */
  readonly seed?: number;
}

/** A value by vectors of a code book. */
export type VectorCoded = QuantizedValue & { readonly quantization: Codebook };

/**
 * A float32 value by product quantization: `length` neighbours along an axis are one vector, and each vector is the nearest of `entries`, found by k-means.
 * An index takes ⌈log₂ entries⌉ bits, so that a weight takes bits / length, and the code book entries · length numbers. Gong et al. 2014.
 * @throws LabError `quantize/vector` where the vectors do not divide the axis, `quantize/clusters`, `quantize/mask` for pruned weights, whose zeros no index
 * says, `quantize/empty`, `quantize/finite`.
 * @example
 * const { value, quantization } = productValue({ value: array([4, 1], [1, 2, 1, 2]) }, { length: 2, entries: 2 });
 * quantization.entries.data; // → new Float32Array([1, 2])
 * value.data; // → new Uint8Array([0, 0])
 */
export function productValue({ value, mask }: MaskedValue, options: ProductOptions, where = 'The value'): VectorCoded {
  const { length, entries: clusters = 256, iterations = 25, seed = 0 } = options;
  const axis = vectorAxis(value.shape, options, where);
  assertDense({ value, mask }, where);
  const vectors = vectorsOf(value, { axis, length });
  const { entries, codes } = vectorKMeans(vectors, { clusters, iterations, rng: random(seed).split(where) });
  return vectorCoded({ codes, entries }, { shape: value.shape, axis, length });
}

/** Which numbers of a value are a vector. */
export interface VectorPlace {
  readonly axis: number;
  readonly length: number;
}

/**
 * The axis from 0 on.
 * @throws LabError `quantize/vector` unless vectors of this length divide it.
 */
export function vectorAxis(shape: Shape, { axis = -2, length }: Pick<ProductOptions, 'axis' | 'length'>, where: string): number {
  const from0 = axis < 0 ? axis + shape.length : axis;
  if (divides(shape, { axis: from0, length })) return from0;
  throw new LabError(
    'quantize/vector',
    `${where}: vectors of ${length} along axis ${axis} do not divide its shape [${shape}].`,
    'Choose a length that divides the axis, or name the parameters that it divides.',
  );
}

function divides(shape: Shape, { axis, length }: VectorPlace): boolean {
  const size = shape[axis];
  return Number.isInteger(length) && length >= 1 && size !== undefined && size > 0 && size % length === 0;
}

/** Refuses values without numbers, with some that are not finite, and pruned ones. */
function assertDense({ value: { data }, mask }: MaskedValue, where: string): void {
  if (data.length === 0) throw new LabError('quantize/empty', `${where}: there is no value to cluster.`, 'Give at least one value.');
  const broken = firstNotFinite(data);
  if (broken >= 0) throw new LabError('quantize/finite', `${where}: value ${broken} is ${data[broken]}.`, 'Did training diverge?');
  if (mask?.data.some(kept => kept === 0))
    throw new LabError(
      'quantize/mask',
      `${where}: it is pruned, and an index of a vector says no zeros.`,
      'kMeansQuantize keeps an entry for pruned weights.',
    );
}

/** The vectors of a value in the order of their indices. */
export function vectorsOf({ shape, data }: NDArray, { axis, length }: VectorPlace): Vectors {
  const inner = sizeOf(shape.slice(axis + 1));
  const vectors = new Float32Array(data.length);
  const count = data.length / length;
  for (let i = 0; i < count; i++) {
    const first = (i - (i % inner)) * length + (i % inner);
    for (let k = 0; k < length; k++) vectors[i * length + k] = data[first + k * inner];
  }
  return { data: vectors, length };
}

/** Codes and entries as a stored value. */
export function vectorCoded(
  { codes, entries }: { readonly codes: Int32Array; readonly entries: Float32Array },
  { shape, axis, length }: VectorPlace & { readonly shape: Shape },
): VectorCoded {
  const count = entries.length / length;
  const bits = Math.max(1, Math.ceil(Math.log2(count)));
  const stored = shape.with(axis, (shape[axis] as number) / length);
  return {
    value: bits <= 8 ? array(stored, Uint8Array.from(codes), 'uint8') : array(stored, codes, 'int32'),
    quantization: codebook({ shape, bits, entries: array([count, length], entries), vector: { axis, length } }),
  };
}

/**
 * The model with its weights by product quantization, each with a code book of its own. Without names, all weights are taken whose axis the vectors
 * divide; the others stay float32, as the first layer of a net of images does.
 * @throws LabError `quantize/vector` where vectors divide no weight, or not one that is named, `quantize/parameter`, and as `productValue`.
 * @example
 * const model = productQuantize(mlp({ input: [64], hidden: [32], classes: 10, seed: 1 }), { length: 4, entries: 16 });
 * model.parameters['dense-1.kernel'].value.shape; // → [16, 32]
 */
export function productQuantize(model: Model, options: ProductOptions & WeightChoice): Model {
  const parameters = options.parameters ?? divisibleWeights(model, options);
  return withWeights(model, { parameters }, (weight, where) => productValue(weight, options, where));
}

/**
 * Names of the weights whose axis the vectors divide.
 * @throws LabError `quantize/vector` where there is none.
 */
export function divisibleWeights(model: Model, { axis = -2, length }: Pick<ProductOptions, 'axis' | 'length'>): readonly string[] {
  const names = weightNames(model).filter(name => {
    const { shape } = realValue(model.parameters[name]);
    return divides(shape, { axis: axis < 0 ? axis + shape.length : axis, length });
  });
  if (names.length > 0) return names;
  throw new LabError('quantize/vector', `Vectors of ${length} along axis ${axis} divide no weight of ${model.name}.`, 'Usual are 4 and 8.');
}

/** What product quantization takes. */
export interface ProductBytes {
  readonly indices: number;
  readonly codebook: number;
}

/**
 * Bytes of the indices, ⌈log₂ entries⌉ bits for each vector, and of the code book, `entryBits` for each number of an entry; models store 32.
 * @example
 * productBytes({ values: 128 * 128 * 3 * 3, length: 9, entries: 256, entryBits: 16 }); // → { indices: 16384, codebook: 4608 }
 */
export function productBytes(size: {
  readonly values: number;
  readonly length: number;
  readonly entries: number;
  readonly entryBits?: number;
}): ProductBytes {
  const { values, length, entries, entryBits = 32 } = size;
  const bits = Math.max(1, Math.ceil(Math.log2(entries)));
  return { indices: Math.ceil(((values / length) * bits) / 8), codebook: Math.ceil((entries * length * entryBits) / 8) };
}
