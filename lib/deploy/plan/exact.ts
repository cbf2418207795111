import { mostAtOnce, type Placeable } from './placeable.ts';
import { PlacementSearch } from './placement-search.ts';
import { firstFit, greedyBySize, greedyByTime, linear, type Placement } from './strategies.ts';

/** How long a placement is looked for. */
export interface ExactOptions {
  /** Partial placements that are looked at; default 100,000, some tenths of a second. */
  readonly nodes?: number;
}

const steps = ({ from, to }: Placeable): number => to - from + 1;

/** What is tried first: nothing shared, by size, by time, by area, by how long buffers are there. */
const heuristics = [
  linear,
  greedyBySize,
  greedyByTime,
  firstFit((a, b) => b.bytes * steps(b) - a.bytes * steps(a) || a.from - b.from),
  firstFit((a, b) => steps(b) - steps(a) || b.bytes - a.bytes),
];

/** Bytes of the arena of a placement. */
export function arenaBytes(buffers: readonly Placeable[], offsets: readonly number[]): number {
  return buffers.reduce((most, { bytes }, i) => Math.max(most, (offsets[i] as number) + bytes), 0);
}

/**
 * The smallest arena, by branch and bound: never larger than those of the other strategies, and `optimal` when it has as many bytes as are there at one time or when
 * every placement was looked at or cannot be better. Buffers are placed from below, each at the lowest end of those under it; a partial placement is given up when
 * what is left cannot fit above it in some step. Dynamic storage allocation is NP-hard (Garey and Johnson 1979, SR2), so that a search may end before its proof.
 * @example
 * deploy.exactPlacement([{ bytes: 8, from: 0, to: 1 }, { bytes: 4, from: 1, to: 2 }]); // → { offsets: [0, 8], optimal: true }
 */
export function exactPlacement(buffers: readonly Placeable[], { nodes = 100_000 }: ExactOptions = {}): Placement {
  const least = mostAtOnce(buffers);
  const tried = heuristics.map(strategy => strategy(buffers));
  const best = tried.reduce((a, b) => (arenaBytes(buffers, b) < arenaBytes(buffers, a) ? b : a));
  const bytes = arenaBytes(buffers, best);
  if (bytes === least) return { offsets: best, optimal: true };
  const search = new PlacementSearch(buffers);
  // most arenas can be as small as the lower bound, and looking for those alone is quick
  const tight = search.within(least, nodes / 2);
  if (tight.offsets) return { offsets: tight.offsets, optimal: true };
  const { offsets = best, complete } = search.smallest(bytes, nodes / 2);
  return { offsets, optimal: complete };
}
