import { LabError } from '../../../tensor/errors.ts';
import type { Random } from '../../../tensor/random.ts';

/** Vectors, one after the other. */
export interface Vectors {
  readonly data: Float32Array;
  readonly length: number;
}

/** A matrix that says what errors of vectors cost: (v - c)ᵀ G (v - c), row-major, symmetric, none negative; float64 [length · length]. */
export type Metric = Float64Array;

/** Which metric counts for each vector; without it G = I. */
export interface Metrics {
  readonly of: readonly Metric[];
  /** The metric of vector i. */
  which(vector: number): number;
}

/** Squared distance of vector i from entry c. */
function distance({ data, length }: Vectors, i: number, { entries, c, best }: { entries: Float32Array; c: number; best: number }): number {
  let sum = 0;
  const [from, to] = [i * length, c * length];
  for (let k = 0; k < length && sum < best; k++) {
    const away = data[from + k] - entries[to + k];
    sum += away * away;
  }
  return sum;
}

/** What the error of vector i as entry c costs in a metric. */
function cost({ data, length }: Vectors, i: number, { entries, c, metric }: { entries: Float32Array; c: number; metric: Metric }): number {
  const [from, to] = [i * length, c * length];
  let sum = 0;
  for (let k = 0; k < length; k++) {
    let row = 0;
    for (let j = 0; j < length; j++) row += metric[k * length + j] * (data[from + j] - entries[to + j]);
    sum += row * (data[from + k] - entries[to + k]);
  }
  return sum;
}

/** The entry that costs least for each vector, the lower one of two, and what each costs. */
export function assigned(vectors: Vectors, entries: Float32Array, metrics?: Metrics): { codes: Int32Array; costs: Float64Array } {
  const count = vectors.data.length / vectors.length;
  const clusters = entries.length / vectors.length;
  const codes = new Int32Array(count);
  const costs = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const metric = metrics?.of[metrics.which(i)];
    let best = Number.POSITIVE_INFINITY;
    for (let c = 0; c < clusters; c++) {
      const found = metric ? cost(vectors, i, { entries, c, metric }) : distance(vectors, i, { entries, c, best });
      if (found < best) {
        best = found;
        codes[i] = c;
      }
    }
    costs[i] = best;
  }
  return { codes, costs };
}

/**
 * Entries to begin with: vectors of which each is drawn with a probability that grows with its squared distance from those drawn before. No two are equal;
 * fewer than asked for where there are fewer different vectors. Arthur and Vassilvitskii 2007 (k-means++).
 */
export function spreadEntries(vectors: Vectors, clusters: number, rng: Random): Float32Array {
  const { data, length } = vectors;
  const count = data.length / length;
  const taken: number[] = [];
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let next = rng.int(0, count - 1); next >= 0 && taken.length < clusters; next = drawn(nearest, rng)) {
    taken.push(next);
    const entries = data.subarray(next * length, (next + 1) * length);
    for (let i = 0; i < count; i++) nearest[i] = Math.min(nearest[i], distance(vectors, i, { entries, c: 0, best: nearest[i] }));
  }
  return Float32Array.from({ length: taken.length * length }, (_, at) => data[taken[Math.floor(at / length)] * length + (at % length)]);
}

/** A place, each as likely as its weight is large; -1 where all are 0. */
function drawn(weights: Float64Array, rng: Random): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  let left = rng.next() * total;
  let last = -1;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] <= 0) continue;
    last = i;
    left -= weights[i];
    if (left < 0) break;
  }
  return last;
}

/** How vectors are clustered. */
export interface VectorKMeansOptions {
  /** At most so many entries. */
  readonly clusters: number;
  readonly iterations: number;
  readonly rng: Random;
}

/** Vectors, each near one of a few. */
export interface VectorKMeansResult {
  /** One after the other. */
  readonly entries: Float32Array;
  readonly codes: Int32Array;
  /** Σ ‖v - entry‖². */
  readonly error: number;
}

/**
 * k-means of vectors: minimises Σ ‖v - C_k‖² by Lloyd's algorithm from a spread beginning; an entry without vectors starts again at the vector that is farthest
 * from its own. O(vectors · clusters · length) for an iteration.
 * @throws LabError `quantize/clusters`.
 */
export function vectorKMeans(vectors: Vectors, { clusters, iterations, rng }: VectorKMeansOptions): VectorKMeansResult {
  if (!(Number.isInteger(clusters) && clusters >= 1 && clusters <= 2 ** 16))
    throw new LabError('quantize/clusters', `A code book has 1 to 65,536 entries; got ${clusters}.`, 'Usual are 256.');
  let entries = spreadEntries(vectors, clusters, rng);
  let found = assigned(vectors, entries);
  for (let n = 0; n < iterations; n++) {
    const next = meansOf(vectors, { ...found, clusters: entries.length / vectors.length });
    const moved = assigned(vectors, next);
    const same = moved.codes.every((code, i) => code === found.codes[i]);
    entries = next;
    found = moved;
    if (same) break;
  }
  return { entries, codes: found.codes, error: found.costs.reduce((sum, cost) => sum + cost, 0) };
}

function meansOf(
  { data, length }: Vectors,
  { codes, costs, clusters }: { readonly codes: Int32Array; readonly costs: Float64Array; readonly clusters: number },
): Float32Array {
  const sums = new Float64Array(clusters * length);
  const counts = new Int32Array(clusters);
  for (let i = 0; i < codes.length; i++) {
    counts[codes[i]]++;
    for (let k = 0; k < length; k++) sums[codes[i] * length + k] += data[i * length + k];
  }
  const left = Float64Array.from(costs);
  for (let c = 0; c < clusters; c++) {
    if (counts[c] > 0) continue;
    const far = left.indexOf(left.reduce((most, cost) => Math.max(most, cost), 0));
    left[far] = 0;
    counts[c] = 1;
    sums.set(data.subarray(far * length, (far + 1) * length), c * length);
  }
  return Float32Array.from(sums, (sum, at) => sum / counts[Math.floor(at / length)]);
}
