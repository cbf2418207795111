import type { LoopCounts } from '../../loops/count/counts.ts';
import { LabError } from '../../tensor/errors.ts';
import type { Figure } from '../figure.ts';
import { type Bars, bar } from './bar.ts';
import type { PlotOptions } from './layout.ts';
import { line } from './line.ts';

/** Which cache is drawn. */
export interface CachePlotOptions extends PlotOptions {
  /** Its level, 0 for the first one; default 0. */
  readonly level?: number;
}

type ByArray = Pick<LoopCounts, 'misses' | 'byArray'>;
type Accessed = Pick<LoopCounts, 'loads' | 'stores' | 'misses'>;

/**
 * Misses of a cache by array, of one loop or of several by name. Arrays that a loop leaves alone are left out.
 * @example
 * const of = (misses: number) => ({ loads: 8, stores: 0, bytesRead: 32, bytesWritten: 0, misses: [misses] });
 * plot.misses({ ...of(5), byArray: { a: of(1), b: of(4) } })
 * @throws LabError `plot/level` for a cache that was not simulated.
 */
export function misses(counts: ByArray | Readonly<Record<string, ByArray>>, options: CachePlotOptions = {}): Figure {
  const { level = 0 } = options;
  const barsOf = ({ byArray }: ByArray): Bars =>
    Object.entries(byArray)
      .filter(([, { loads, stores }]) => loads + stores > 0)
      .map(([name, { misses: missed }]) => [name, missesAt(missed, level)] as const);
  const drawn = isOne(counts) ? barsOf(counts) : Object.fromEntries(Object.entries(counts).map(([name, one]) => [name, barsOf(one)]));
  return bar(drawn, { x: 'Array', y: 'Misses', ...options });
}

/**
 * The share of accesses that a cache serves, over the size of tiles (or whatever else the loops differ in, by name). An access to two lines may miss twice.
 * @example
 * const of = (misses: number) => ({ loads: 90, stores: 10, misses: [misses] });
 * plot.hits({ 8: of(20), 16: of(5), 32: of(60) })
 * @throws LabError `plot/level` for a cache that was not simulated, `plot/empty` without counts.
 */
export function hits(counts: Readonly<Record<string, Accessed>>, options: CachePlotOptions = {}): Figure {
  const { level = 0 } = options;
  const names = Object.keys(counts);
  const shares = Object.values(counts).map(({ loads, stores, misses: missed }) => 1 - missesAt(missed, level) / (loads + stores));
  if (names.length === 0)
    throw new LabError(
      'plot/empty',
      'plot.hits got no counts.',
      'Give it counts by the size of tiles, such as { 8: counts8, 16: counts16 }.',
    );
  const alone = names.length === 1 && { range: [0, 1] as const }; // around one point there is no range of its own
  return line(shares, { x: 'Tile', y: { title: 'Accesses that hit', percent: true, ...alone }, markers: true, ...options, at: names });
}

const isOne = (counts: ByArray | Readonly<Record<string, ByArray>>): counts is ByArray => Array.isArray(counts.misses);

function missesAt(missed: readonly number[], level: number): number {
  const found = missed[level];
  if (found !== undefined) return found;
  throw new LabError(
    'plot/level',
    `Cache level ${level} was not simulated: there ${missed.length === 1 ? 'is' : 'are'} ${missed.length}.`,
    'Give its shape to loops.count in `caches`.',
  );
}
