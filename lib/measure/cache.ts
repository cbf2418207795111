import { LabError } from '../tensor/errors.ts';

/** A cache of `bytes`, in lines of `lineBytes`, each of which can stand in `ways` places of its set. */
export interface CacheShape {
  /** Bytes in all. */
  readonly bytes: number;
  /** Bytes of a line. */
  readonly lineBytes: number;
  /** Lines of a set. */
  readonly ways: number;
}

/** A cache that counts. */
export interface Cache {
  /** Touches the line that holds this byte address; tells whether it was there. */
  access(address: number): boolean;
  /** Accesses that found their line. */
  readonly hits: number;
  /** Accesses that did not. */
  readonly misses: number;
}

/** A small first-level cache: 8 KB, lines of 32 bytes, 4 ways. */
export const smallCache: CacheShape = { bytes: 8192, lineBytes: 32, ways: 4 };

/**
 * A set-associative cache that throws out the line used least recently. Line = ⌊address / lineBytes⌋, set = line mod (bytes / lineBytes / ways).
 * @throws LabError `measure/cache` unless the lines fill the sets evenly.
 * @example
 * const cache = cacheSimulator({ bytes: 64, lineBytes: 32, ways: 1 });
 * cache.access(0); // → false
 * cache.access(31); // → true
 */
export function cacheSimulator({ bytes, lineBytes, ways }: CacheShape = smallCache): Cache {
  const sets = bytes / lineBytes / ways;
  if (!Number.isInteger(sets) || sets < 1)
    throw new LabError('measure/cache', `${bytes} bytes in lines of ${lineBytes} do not fill sets of ${ways}.`, 'Use powers of two.');
  // most recent first
  const lines: number[][] = Array.from({ length: sets }, () => []);
  let [hits, misses] = [0, 0];
  return {
    access(address) {
      const line = Math.floor(address / lineBytes);
      const set = lines[line % sets];
      const found = set.indexOf(line);
      if (found >= 0) set.splice(found, 1);
      else if (set.length === ways) set.pop();
      set.unshift(line);
      if (found >= 0) hits++;
      else misses++;
      return found >= 0;
    },
    get hits() {
      return hits;
    },
    get misses() {
      return misses;
    },
  };
}

/** Nesting of the loops of a matrix product, the outermost first. */
export type LoopOrder = 'ijk' | 'ikj' | 'jik' | 'jki' | 'kij' | 'kji';

/** How a matrix product walks over memory. */
export interface MatmulLoops {
  /** Loops from the outside in; default `ijk`. */
  readonly order?: LoopOrder;
  /** Side of the blocks the matrices are cut into; no blocks by default. */
  readonly tile?: number;
  /** Default `smallCache`. */
  readonly cache?: CacheShape;
}

/**
 * Cache misses of C[i][j] += A[i][k] · B[k][j] for n×n float32 matrices that lie one after the other, touched in the order A, B, C. With `tile`
 * the same order of loops goes over blocks, then inside them.
 * @throws LabError `measure/tile` unless the tile divides n.
 * @example
 * matmulMisses(64, { order: 'ijk' }); // → 267400
 * matmulMisses(64, { order: 'ikj' }); // → 33792
 */
export function matmulMisses(n: number, options: MatmulLoops = {}): number {
  const { order = 'ijk', tile = n, cache: shape = smallCache } = options;
  if (!Number.isInteger(n / tile)) throw new LabError('measure/tile', `A tile of ${tile} does not divide ${n}.`, 'Use a divisor.');
  const cache = cacheSimulator(shape);
  const [row, column, inner] = [order.indexOf('i'), order.indexOf('j'), order.indexOf('k')] as [number, number, number];
  forEachTriple(n / tile, block =>
    forEachTriple(tile, within => {
      const at = (loop: number): number => block[loop] * tile + within[loop];
      const [i, j, k] = [at(row), at(column), at(inner)];
      cache.access(4 * (i * n + k));
      cache.access(4 * (n * n + k * n + j));
      cache.access(4 * (2 * n * n + i * n + j));
    }),
  );
  return cache.misses;
}

/** Three nested loops of the same length. */
function forEachTriple(length: number, visit: (loops: readonly [number, number, number]) => void): void {
  for (let a = 0; a < length; a++) for (let b = 0; b < length; b++) for (let c = 0; c < length; c++) visit([a, b, c]);
}
