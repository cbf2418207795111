/** Clusters of ascending values: cluster j is values[borders[j] … borders[j + 1]). */
export interface Clusters {
  /** Ascending, in double precision. */
  readonly centroids: Float64Array;
  readonly iterations: number;
  /** Whether another iteration would change nothing. */
  readonly converged: boolean;
}

/** The values of a clustering, and Σ of those before each. */
interface Sorted {
  readonly values: Float32Array;
  readonly sums: Float64Array;
}

/**
 * Lloyd's algorithm in one dimension, where clusters are intervals: an assignment is the place of each border among the ascending values, an update
 * the difference of two sums of all values before one. O(k log n) for an iteration instead of O(k n), and exact. A cluster without values starts
 * again at the value that is farthest from its own centroid; where no value is away from its own, it is dropped.
 */
export function lloyd(values: Float32Array, first: Float64Array, iterations: number): Clusters {
  const sorted = { values, sums: sumsOf(values) };
  let centroids = first;
  let borders = bordersOf(values, centroids);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const next = updated(sorted, centroids, borders);
    const moved = bordersOf(values, next.centroids);
    const same = next.settled && moved.length === borders.length && moved.every((border, j) => border === borders[j]);
    centroids = next.centroids;
    borders = moved;
    if (same) return { centroids, iterations: iteration, converged: true };
  }
  return { centroids, iterations, converged: false };
}

function sumsOf(values: Float32Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i] as number;
    sums[i + 1] = sum;
  }
  return sums;
}

/** Where clusters begin and end: a value in the middle between two centroids belongs to the lower one. */
export function bordersOf(values: Float32Array, centroids: Float64Array | Float32Array): Int32Array {
  const borders = new Int32Array(centroids.length + 1);
  for (let j = 1; j < centroids.length; j++) {
    const middle = ((centroids[j - 1] as number) + (centroids[j] as number)) / 2;
    let [low, high] = [borders[j - 1] as number, values.length];
    while (low < high) {
      const at = (low + high) >>> 1;
      if ((values[at] as number) <= middle) low = at + 1;
      else high = at;
    }
    borders[j] = low;
  }
  borders[centroids.length] = values.length;
  return borders;
}

/** The means of the clusters, in order, and those that start again. Settled when every cluster has values. */
function updated({ values, sums }: Sorted, centroids: Float64Array, borders: Int32Array): { centroids: Float64Array; settled: boolean } {
  const means: number[] = [];
  const empty: number[] = [];
  const ends: { readonly value: number; readonly away: number }[] = [];
  for (let j = 0; j < centroids.length; j++) {
    const [from, to] = [borders[j] as number, borders[j + 1] as number];
    if (from === to) {
      empty.push(centroids[j] as number);
      continue;
    }
    const mean = ((sums[to] as number) - (sums[from] as number)) / (to - from);
    means.push(mean);
    const [low, high] = [values[from] as number, values[to - 1] as number];
    if (low < high) ends.push({ value: low, away: mean - low }, { value: high, away: high - mean });
  }
  if (empty.length === 0) return { centroids: Float64Array.from(means), settled: true };
  // both ends of a pair would leave its middle without values
  const farthest = ends.sort((a, b) => b.away - a.away).slice(0, Math.min(empty.length, Math.ceil(ends.length / 2)));
  const kept = farthest.length === 0 ? [] : empty.slice(farthest.length);
  return {
    centroids: Float64Array.from([...means, ...farthest.map(({ value }) => value), ...kept]).sort(),
    settled: farthest.length === 0,
  };
}
