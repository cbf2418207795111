import { LabError } from '../../../tensor/errors.ts';
import { firstNotFinite } from '../../../tensor/finite.ts';
import { random } from '../../../tensor/random.ts';
import { beginnings, type InitialCentroids } from './initial.ts';
import { bordersOf, lloyd } from './lloyd.ts';
import { sortedValues } from './sorted.ts';

/** How single numbers are clustered. */
export interface KMeansOptions {
  /** At most so many centroids, 1 to 65,536; fewer where there are fewer different values. */
  readonly clusters: number;
  /** Default `linear`. */
  readonly initial?: InitialCentroids;
  /** Iterations at most, from 0 on; default 50. It stops earlier where nothing changes any more. */
  readonly iterations?: number;
  /** Draws the beginning that is random; default 0. */
  readonly seed?: number;
  /** Names the values in messages. */
  readonly where?: string;
}

/** Numbers, each near one of a few. */
export interface KMeansResult {
  /** Ascending, all different, each with at least one value. */
  readonly centroids: Float32Array;
  /** Which centroid is nearest to each value, in the order of the values; the lower one of two. */
  readonly codes: Uint8Array | Int32Array;
  /** Σ (x - centroid)². */
  readonly error: number;
  readonly iterations: number;
  /** Whether another iteration would change nothing. */
  readonly converged: boolean;
}

/**
 * k-means of single numbers: minimises Σᵢ minₖ (xᵢ - Cₖ)² by Lloyd's algorithm, to a local minimum that the beginning decides. Values are sorted once
 * and summed once, so that an iteration costs k binary searches. A cluster that has no value starts again at the value farthest from its centroid.
 * Lloyd 1982; for weights Han et al. 2016, section 3.
 * @throws LabError `quantize/empty` without values, `quantize/finite` for NaN or an infinity, `quantize/clusters`, `quantize/iterations`.
 * @example
 * const { centroids, codes, error } = kMeans(Float32Array.of(0, 1, 9, 11), { clusters: 2 });
 * centroids; // → new Float32Array([0.5, 10])
 * codes; // → new Uint8Array([0, 0, 1, 1])
 * error; // → 2.5
 */
export function kMeans(values: Float32Array, options: KMeansOptions): KMeansResult {
  const { clusters, initial = 'linear', iterations = 50, seed = 0, where = 'The values' } = options;
  assertClusterable(values, { clusters, iterations, where });
  const sorted = sortedValues(values);
  const first = beginnings[initial](sorted, { clusters: Math.min(clusters, sorted.length), rng: random(seed) });
  const found = lloyd(sorted, first, iterations);
  const { iterations: done, converged } = found;
  const centroids = used(sorted, Float32Array.from(found.centroids));
  return { centroids, ...nearestCodes(values, centroids), iterations: done, converged };
}

/**
 * Refuses values that have no mean, and numbers of clusters or iterations that make no sense.
 * @throws LabError `quantize/empty`, `quantize/finite`, `quantize/clusters`, `quantize/iterations`.
 */
export function assertClusterable(
  values: Float32Array,
  { clusters, iterations, where }: Required<Pick<KMeansOptions, 'clusters' | 'iterations' | 'where'>>,
): void {
  if (values.length === 0) throw new LabError('quantize/empty', `${where}: there is no value to cluster.`, 'Give at least one value.');
  const broken = firstNotFinite(values);
  if (broken >= 0)
    throw new LabError('quantize/finite', `${where}: value ${broken} is ${values[broken]}; it has no mean.`, 'Did training diverge?');
  if (!(Number.isInteger(clusters) && clusters >= 1 && clusters <= 2 ** 16))
    throw new LabError('quantize/clusters', `${where}: 1 to 65,536 clusters; got ${clusters}.`, 'b bits are 2 ** b clusters.');
  if (!(Number.isInteger(iterations) && iterations >= 0))
    throw new LabError('quantize/iterations', `${where}: iterations are a whole number from 0; got ${iterations}.`, 'Usual are 50.');
}

/** The centroids without twins, and without those that no value is nearest to. */
function used(sorted: Float32Array, centroids: Float32Array): Float32Array {
  const distinct = centroids.filter((c, j) => j === 0 || c !== centroids[j - 1]);
  const borders = bordersOf(sorted, distinct);
  return distinct.filter((_, j) => (borders[j] as number) < (borders[j + 1] as number));
}

/** The nearest of ascending centroids to each value, the lower one of two, and Σ of the squared distances. */
export function nearestCodes(values: Float32Array, centroids: Float32Array): Pick<KMeansResult, 'codes' | 'error'> {
  const codes = centroids.length <= 256 ? new Uint8Array(values.length) : new Int32Array(values.length);
  const half = 2 ** Math.max(0, Math.ceil(Math.log2(centroids.length))) / 2;
  // beyond the last border there is infinity, so that each search takes the same steps
  const middles = new Float64Array(Math.max(1, 2 * half)).fill(Number.POSITIVE_INFINITY);
  for (let j = 1; j < centroids.length; j++) middles[j - 1] = ((centroids[j - 1] as number) + (centroids[j] as number)) / 2;
  let error = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    let code = 0;
    for (let step = half; step >= 1; step >>= 1) if (x > (middles[code + step - 1] as number)) code += step;
    const away = x - (centroids[code] as number);
    error += away * away;
    codes[i] = code;
  }
  return { codes, error };
}
