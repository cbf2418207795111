import type { Format } from '../format/format.ts';
import { clippedAt, magnitudes } from './clip.ts';
import type { RangeMethod, Statistics } from './range.ts';

/** How fine the search is. */
export interface KlOptions {
  /** Bins of |x| from 0 to the largest; default 2,048. */
  readonly bins?: number;
}

/**
 * The threshold on |x| with which quantizing loses the least information: over 2,048 bins, for each number of bins i that is kept, KL(P ‖ Q) of
 * P, the kept bins with what lies beyond counted to the last, and Q, these bins without it, merged into as many groups as there are codes and spread
 * over those of their bins that P has something in; where the last group is empty its last bin counts 10⁻⁴, so that Q is nowhere 0. The first bin counts
 * what the second does, and i begins at a sixteenth of the bins, or at the number of groups. The threshold is i times the width of a bin. Codes:
 * 2^(b-1), or 2^b where all values have one sign and the zero point is free. It wants many values, and 8 bits. Migacz 2017 (TensorRT), with the first
 * bin and the least threshold of NVIDIA's PyTorch toolkit.
 */
export function kl({ bins = 2048 }: KlOptions = {}): RangeMethod {
  return Object.freeze({
    name: 'kl',
    interval: (statistics, format) => clippedAt(statistics, threshold(statistics, { bins, levels: levelsOf(format, statistics) })),
  } satisfies RangeMethod);
}

function levelsOf({ bits, symmetric }: Format, { min, max }: Statistics): number {
  return 2 ** (symmetric || (min < 0 && max > 0) ? bits - 1 : bits);
}

function threshold(statistics: Statistics, { bins, levels }: { readonly bins: number; readonly levels: number }): number {
  const { counts, high } = magnitudes(statistics, bins);
  // zeros cost nothing on any grid, and a ReLU makes so many that they would decide
  if (bins > 1) counts[0] = counts[1] as number;
  const prefix = prefixesOf(counts);
  let [best, least] = [bins, Number.POSITIVE_INFINITY];
  for (let kept = Math.max(levels, bins >> 4); kept <= bins; kept++) {
    const divergence = divergenceOf(prefix, { kept, levels });
    if (divergence < least) [best, least] = [kept, divergence];
  }
  return (high * best) / bins;
}

/** What Q has where it would have nothing of what P has. */
const trace = 1e-4;

/** Sums over the bins before each: of counts c, of bins that are not empty, and of c · ln c. */
interface Prefixes {
  readonly counts: Float64Array;
  readonly filled: Float64Array;
  readonly logarithms: Float64Array;
}

function prefixesOf(bins: Float64Array): Prefixes {
  const [counts, filled, logarithms] = [bins, bins, bins].map(() => new Float64Array(bins.length + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < bins.length; i++) {
    const c = bins[i] as number;
    counts[i + 1] = (counts[i] as number) + c;
    filled[i + 1] = (filled[i] as number) + (c > 0 ? 1 : 0);
    logarithms[i + 1] = (logarithms[i] as number) + (c > 0 ? c * Math.log(c) : 0);
  }
  return { counts, filled, logarithms };
}

/**
 * KL(P ‖ Q) = Σ p / N · ln((p / N) / (q / M)), N all values and M those that are kept. q is the same in all filled bins of a group, so that
 * groups are summed as wholes: their counts, times ln q.
 */
function divergenceOf(
  { counts, filled, logarithms }: Prefixes,
  { kept, levels }: { readonly kept: number; readonly levels: number },
): number {
  const all = counts[counts.length - 1] as number;
  const inside = counts[kept] as number;
  const last = inside - (counts[kept - 1] as number);
  const beyond = all - inside;
  if (inside === 0) return Number.POSITIVE_INFINITY;
  let [crossed, mass] = [0, inside];
  for (let level = 0, from = 0; level < levels; level++) {
    const to = Math.floor(((level + 1) * kept) / levels);
    const sum = (counts[to] as number) - (counts[from] as number);
    const closes = to === kept;
    const bins = (filled[to] as number) - (filled[from] as number) + (closes && last === 0 && beyond > 0 ? 1 : 0);
    if (closes && sum === 0 && beyond > 0) {
      crossed += beyond * Math.log(trace);
      mass += trace;
    } else if (sum > 0) crossed += (sum + (closes ? beyond : 0)) * Math.log(sum / bins);
    from = to;
  }
  const tail = last + beyond;
  const own = (logarithms[kept - 1] as number) + (tail > 0 ? tail * Math.log(tail) : 0);
  return (own - crossed) / all - Math.log(all) + Math.log(mass);
}
