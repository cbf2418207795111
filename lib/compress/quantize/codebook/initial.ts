import type { Random } from '../../../tensor/random.ts';

/**
 * Where k-means begins, for k clusters of n ascending values: `linear` spaces centroids evenly from the smallest value to the largest, `density` takes the
 * quantiles (i + ½) / k, `random` draws k of the values. Han et al. 2016 (Deep Compression), section 3.2.
 */
export type InitialCentroids = 'linear' | 'density' | 'random';

/** What a beginning is made of. */
export interface Beginning {
  /** At most as many as there are values. */
  readonly clusters: number;
  readonly rng: Random;
}

type Start = (sorted: Float32Array, beginning: Beginning) => Float64Array;

/** Centroids in ascending order; two of them may be equal. */
export const beginnings: Readonly<Record<InitialCentroids, Start>> = {
  linear: (sorted, { clusters }) => {
    const low = sorted[0] as number;
    const high = sorted[sorted.length - 1] as number;
    if (clusters === 1) return Float64Array.of((low + high) / 2);
    return Float64Array.from({ length: clusters }, (_, i) => low + (i * (high - low)) / (clusters - 1));
  },
  density: (sorted, { clusters }) =>
    Float64Array.from({ length: clusters }, (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / clusters)] as number),
  random: (sorted, { clusters, rng }) => {
    const places = new Set<number>();
    // the last ones of many would be drawn in vain for long, so more than half are what a permutation begins with
    if (2 * clusters > sorted.length) for (const place of rng.permutation(sorted.length).subarray(0, clusters)) places.add(place);
    while (places.size < clusters) places.add(rng.int(0, sorted.length - 1));
    return Float64Array.from(places, place => sorted[place] as number).sort();
  },
};
