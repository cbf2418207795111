import type { Model } from '../../../model/model.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { random } from '../../../tensor/random.ts';
import { gridShape, tileIndices } from '../../../tensor/tiles.ts';
import { type Granularity, tensor } from '../granularity/granularity.ts';
import { type MaskedValue, type WeightChoice, withWeights } from '../masked-value.ts';
import type { QuantizedValue } from '../quantize-weights.ts';
import type { InitialCentroids } from './initial.ts';
import { kMeans } from './k-means.ts';

/** How weights become the entries of code books. */
export interface KMeansQuantizeOptions {
  /** Bits of an index, 1–16: at most 2^bits different values. */
  readonly bits: number;
  /** What shares a code book; default the whole weight. */
  readonly granularity?: Granularity;
  /** Default `linear`. */
  readonly initial?: InitialCentroids;
  /** Default 50. */
  readonly iterations?: number;
  /** Draws the beginning that is random; default 0. */
  readonly seed?: number;
}

/**
 * A float32 value by k-means: indices into a code book of at most 2^bits entries, one book for each tile. Where a mask prunes values, one of the
 * entries is 0, theirs, and the others are the centroids of the values that are kept. Tiles with fewer entries than others repeat their last one.
 * @throws LabError `quantize/bits`, and the errors of `kMeans` with `where` in the message.
 * @example
 * const { quantization } = kMeansValue({ value: array([4], [0, 1, 9, 11]) }, { bits: 1 });
 * quantization.entries.data; // → new Float32Array([0.5, 10])
 */
export function kMeansValue(
  { value, mask, channelAxes }: MaskedValue,
  options: KMeansQuantizeOptions,
  where = 'The value',
): QuantizedValue & { readonly quantization: ReturnType<typeof codebook> } {
  const { bits, granularity = tensor() } = options;
  assertIndexBits(bits, where);
  const { shape } = value;
  const tile = granularity.tile(shape, channelAxes);
  const books: Float32Array[] = [];
  const codes = bits <= 8 ? new Uint8Array(value.data.length) : new Int32Array(value.data.length);
  for (const [t, places] of placesOf(shape, tile).entries()) {
    const seed = random(options.seed ?? 0).split(`${where} ${t}`);
    const named = places.length === codes.length ? where : `${where}, tile ${t}`;
    books.push(clusterTile({ value, mask, places, codes }, { ...options, seed: seed.int(0, 2 ** 31), where: named }));
  }
  const count = Math.max(...books.map(book => book.length));
  const entries = Float32Array.from({ length: books.length * count }, (_, i) => {
    const book = books[Math.floor(i / count)] as Float32Array;
    return book[Math.min(i % count, book.length - 1)] as number;
  });
  const own = books.length === 1 ? [count] : [...gridShape(shape, tile), count];
  return {
    value: array(shape, codes, bits <= 8 ? 'uint8' : 'int32'),
    quantization: codebook({ shape, bits, tile, entries: array(own, entries) }),
  };
}

/** Refuses bits that no index has. */
export function assertIndexBits(bits: number, where: string): void {
  if (Number.isInteger(bits) && bits >= 1 && bits <= 16) return;
  throw new LabError('quantize/bits', `${where}: an index has 1 to 16 bits; got ${bits}.`, 'Usual are 4 for dense layers, 8 for others.');
}

/** The elements of each tile, by their row-major index. */
function placesOf(shape: NDArray['shape'], tile: NDArray['shape']): Int32Array[] {
  const { count, of } = tileIndices(shape, tile);
  const sizes = new Int32Array(Math.max(1, count));
  for (let i = 0; i < of.length; i++) sizes[of[i]]++;
  const places = Array.from(sizes, size => new Int32Array(size));
  const filled = new Int32Array(sizes.length);
  for (let i = 0; i < of.length; i++) places[of[i]][filled[of[i]]++] = i;
  return places;
}

interface Tile extends MaskedValue {
  readonly places: Int32Array;
  /** Written where the tile lies. */
  readonly codes: Uint8Array | Int32Array;
}

/** The entries of one tile, ascending; writes its codes. */
function clusterTile(
  { value: { data }, mask, places, codes }: Tile,
  { bits, initial, iterations, seed, where }: KMeansQuantizeOptions & { readonly where: string },
): Float32Array {
  const kept = mask ? places.filter(i => mask.data[i] !== 0) : places;
  const pruned = kept.length < places.length;
  if (pruned && kept.length === 0) return Float32Array.of(0);
  const clusters = 2 ** bits - (pruned ? 1 : 0);
  const found = kMeans(kept.length === data.length ? (data as Float32Array) : Float32Array.from(kept, i => data[i]), {
    clusters,
    initial,
    iterations,
    seed,
    where,
  });
  const { centroids } = found;
  const zero = centroids.findIndex(c => c >= 0);
  const at = zero < 0 ? centroids.length : zero;
  // where a centroid is 0 already, pruned weights have it too
  const shift = pruned && centroids[at] !== 0 ? 1 : 0;
  if (pruned) for (const i of places) codes[i] = at;
  for (let j = 0; j < kept.length; j++) codes[kept[j]] = found.codes[j] + (found.codes[j] >= at ? shift : 0);
  return shift ? Float32Array.of(...centroids.subarray(0, at), 0, ...centroids.subarray(at)) : centroids;
}

/**
 * The model with its weights by k-means: kernels and embeddings, each with code books of its own; biases and batch norm stay float32. Masks stay, and
 * masked weights are exactly 0. What was quantized before is clustered from the real numbers that it stands for. Han et al. 2016, section 3.
 * @throws LabError `quantize/parameter` for a name that the model lacks, and the errors of `kMeansValue` with the parameter's name.
 * @example
 * const model = kMeansQuantize(mlp({ input: [4], hidden: [8], classes: 2, seed: 1 }), { bits: 2 });
 * new Set(realValue(model.parameters['dense-1.kernel']).data).size; // → 4
 */
export function kMeansQuantize(model: Model, options: KMeansQuantizeOptions & WeightChoice): Model {
  return withWeights(model, options, (weight, where) => kMeansValue(weight, options, where));
}
