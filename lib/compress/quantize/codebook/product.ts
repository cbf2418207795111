import type { Model } from '../../../model/model.ts';
import { blockOf, blockPlaces, type VectorPlace, vectorLength } from '../../../model/quantization/block.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import { type Codebook, storedShape } from '../../../model/quantization/quantization.ts';
import { realValue } from '../../../model/real-value.ts';
import { weightNames } from '../../../model/weights.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { firstNotFinite } from '../../../tensor/finite.ts';
import { random } from '../../../tensor/random.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { type MaskedValue, type WeightChoice, withWeights } from '../masked-value.ts';
import type { QuantizedValue } from '../quantize-weights.ts';
import { type Vectors, vectorKMeans } from './vectors.ts';

/** How a code book of vectors is found. */
export interface VectorClusters {
  /** Entries of the code book at most, 1 to 65,536; default 256. */
  readonly entries?: number;
  /** Default 25. */
  readonly iterations?: number;
  /** Draws the beginning; default 0. */
  readonly seed?: number;
}

/** Vectors that are neighbours along one axis. */
export interface VectorLine {
  /** Neighbours that an index stands for. */
  readonly length: number;
  /** The axis along which they lie (negative counts from the end); default -2, what an output of a kernel sums over. */
  readonly axis?: number;
}

/** Vectors that are blocks of several axes. */
export interface VectorBlock {
  /** Of the weight's rank: [3, 3, 1, 1] is one filter's window on one channel, [3, 3, 2, 1] that on two. */
  readonly block: Shape;
}

/** How weights become the entries of a code book of vectors. */
export type ProductOptions = VectorClusters & (VectorLine | VectorBlock);

/** A value by vectors of a code book. */
export type VectorCoded = QuantizedValue & { readonly quantization: Codebook };

/**
 * A float32 value by product quantization: `length` neighbours along an axis, or the numbers of a `block`, are one vector, and each vector is the nearest of
 * `entries`, found by k-means. An index takes ⌈log₂ entries⌉ bits, so that a weight takes bits / length, and the code book entries · length numbers.
 * Gong et al. 2014; blocks of a convolution's window: Stock et al. 2020, section 3.2.
 * @throws LabError `quantize/vector` where the vectors do not divide the value, `quantize/clusters`, `quantize/mask` for pruned weights, whose zeros no index
 * says, `quantize/empty`, `quantize/finite`.
 * @example
 * const { value, quantization } = productValue({ value: array([4, 1], [1, 2, 1, 2]) }, { length: 2, entries: 2 });
 * quantization.entries.data; // → new Float32Array([1, 2])
 * value.data; // → new Uint8Array([0, 0])
 * @example
 * const kernel = array([2, 2, 1, 3], [1, 5, 1, 2, 6, 2, 3, 7, 3, 4, 8, 4]);
 * const { value } = productValue({ value: kernel }, { block: [2, 2, 1, 1], entries: 2 });
 * value.shape; // → [1, 1, 1, 3]
 * value.data[0] === value.data[2]; // → true
 */
export function productValue({ value, mask }: MaskedValue, options: ProductOptions, where = 'The value'): VectorCoded {
  const { entries: clusters = 256, iterations = 25, seed = 0 } = options;
  const place = vectorPlace(value.shape, options, where);
  assertDense({ value, mask }, where);
  const vectors = vectorsOf(value, place);
  const { entries, codes } = vectorKMeans(vectors, { clusters, iterations, rng: random(seed).split(where) });
  return vectorCoded({ codes, entries }, { shape: value.shape, place });
}

/**
 * Where vectors lie, axes from 0 on.
 * @throws LabError `quantize/vector` unless such vectors divide the shape.
 */
export function vectorPlace(shape: Shape, place: VectorLine | VectorBlock, where: string): VectorPlace {
  const from0 = 'block' in place ? place : { length: place.length, axis: fromStart(shape, place.axis) };
  if (divides(shape, from0)) return from0;
  throw new LabError(
    'quantize/vector',
    `${where}: vectors of ${named(place)} do not divide its shape [${shape}].`,
    'Choose vectors that divide its axes, or name the parameters that they divide.',
  );
}

const fromStart = (shape: Shape, axis = -2): number => (axis < 0 ? axis + shape.length : axis);

const named = (place: VectorLine | VectorBlock): string =>
  'block' in place ? `[${place.block}]` : `${place.length} along axis ${place.axis ?? -2}`;

function divides(shape: Shape, place: VectorPlace): boolean {
  if ('axis' in place && shape[place.axis] === undefined) return false;
  const block = blockOf(place, shape.length);
  return block.length === shape.length && block.every((n, axis) => Number.isInteger(n) && n >= 1 && fits(shape[axis], n));
}

const fits = (size: number, length: number): boolean => size > 0 && size % length === 0;

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
export function vectorsOf({ shape, data }: NDArray, place: VectorPlace): Vectors {
  const { firsts, offsets } = blockPlaces(shape, blockOf(place, shape.length));
  const length = offsets.length;
  const vectors = new Float32Array(data.length);
  for (let i = 0; i < firsts.length; i++) for (let k = 0; k < length; k++) vectors[i * length + k] = data[firsts[i] + offsets[k]];
  return { data: vectors, length };
}

/** Codes and entries as a stored value. */
export function vectorCoded(
  { codes, entries }: { readonly codes: Int32Array; readonly entries: Float32Array },
  { shape, place }: { readonly shape: Shape; readonly place: VectorPlace },
): VectorCoded {
  const length = vectorLength(place);
  const count = entries.length / length;
  const bits = Math.max(1, Math.ceil(Math.log2(count)));
  const stored = storedShape(shape, { vector: place });
  return {
    value: bits <= 8 ? array(stored, Uint8Array.from(codes), 'uint8') : array(stored, codes, 'int32'),
    quantization: codebook({ shape, bits, entries: array([count, length], entries), vector: place }),
  };
}

/**
 * The model with its weights by product quantization, each with a code book of its own. Without names, all weights are taken that the vectors
 * divide; the others stay float32, as the first layer of a net of images does, and dense layers where blocks are those of a convolution.
 * @throws LabError `quantize/vector` where vectors divide no weight, or not one that is named, `quantize/parameter`, and as `productValue`.
 * @example
 * const model = productQuantize(mlp({ input: [64], hidden: [32], classes: 10, seed: 1 }), { length: 4, entries: 16 });
 * model.parameters['dense-1.kernel'].value.shape; // → [16, 32]
 * @example
 * const model = productQuantize(vgg({ widths: [8, 8], seed: 1 }), { block: [3, 3, 1, 1], entries: 16 });
 * model.parameters['conv2d-2.kernel'].value.shape; // → [1, 1, 8, 8]
 */
export function productQuantize(model: Model, options: ProductOptions & WeightChoice): Model {
  const parameters = options.parameters ?? divisibleWeights(model, options);
  return withWeights(model, { parameters }, (weight, where) => productValue(weight, options, where));
}

/**
 * Names of the weights that the vectors divide.
 * @throws LabError `quantize/vector` where there is none.
 */
export function divisibleWeights(model: Model, place: VectorLine | VectorBlock): readonly string[] {
  const names = weightNames(model).filter(name => {
    const { shape } = realValue(model.parameters[name]);
    return divides(shape, 'block' in place ? place : { length: place.length, axis: fromStart(shape, place.axis) });
  });
  if (names.length > 0) return names;
  throw new LabError(
    'quantize/vector',
    `Vectors of ${named(place)} divide no weight of ${model.name}.`,
    'Usual are 4, 8 and [3, 3, 1, 1].',
  );
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
