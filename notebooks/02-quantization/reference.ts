// What the answers of this lab compute, with the mistakes that are usual: each of them is an option.

/** Numbers that are represented by a few: the few, and which of them stands for each. */
export interface Clusters {
  readonly codebook: readonly number[];
  readonly labels: readonly number[];
}

/** Mistakes of k-means. */
export interface KMeansSlips {
  readonly clusters?: number;
  readonly rounds?: number;
  /** What becomes of a cluster that is empty. */
  readonly empty?: (old: number) => number;
  /** Where the first centroids stand. */
  readonly start?: (low: number, high: number, count: number) => number[];
  readonly median?: boolean;
}

/** `count` numbers from low to high, both included, equally far apart. */
export const evenly = (low: number, high: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

/** The centres of `count` equal parts of [low, high]. */
export const centres = (low: number, high: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => low + ((high - low) * (i + 0.5)) / count);

/** Index of the nearest entry, the first of two. */
export function nearestOf(codebook: readonly number[], value: number): number {
  let best = 0;
  for (const [i, entry] of codebook.entries()) if (Math.abs(entry - value) < Math.abs((codebook[best] as number) - value)) best = i;
  return best;
}

const middle = (members: readonly number[]): number => {
  const sorted = members.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
};

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The values of each label. */
export const grouped = (values: readonly number[], labels: readonly number[], count: number): number[][] => {
  const groups = Array.from({ length: count }, (): number[] => []);
  for (const [at, value] of values.entries()) groups[labels[at] as number]?.push(value);
  return groups;
};

const labelled = (weights: readonly number[], centroids: readonly number[]): number[] => weights.map(w => nearestOf(centroids, w));

/** The smallest and the largest, of however many: a call with all of a layer's weights as arguments would not fit on the stack. */
export function range(values: readonly number[]): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Lloyd's algorithm from evenly spaced centroids, until no label changes. */
export function kMeans(weights: readonly number[], bits: number, slips: KMeansSlips = {}): Clusters {
  const { clusters = 2 ** bits, rounds = 100, empty = (old: number) => old, start = evenly, median = false } = slips;
  const [low, high] = range(weights);
  let found: Clusters = { codebook: start(low, high, clusters), labels: [] };
  found = { ...found, labels: labelled(weights, found.codebook) };
  for (let round = 0; round < rounds; round++) {
    const groups = grouped(weights, found.labels, clusters);
    const codebook = groups.map((own, k) => {
      if (own.length === 0) return empty(found.codebook[k] as number);
      return median ? middle(own) : sum(own) / own.length;
    });
    const before = found.labels.join();
    found = { codebook, labels: labelled(weights, codebook) };
    if (found.labels.join() === before) break;
  }
  return found;
}

/** A training step of the code book: c_k - rate · Σ of the gradients of its weights. */
export function codebookStep(
  { codebook, labels }: Clusters,
  gradient: readonly number[],
  { rate, of = sum }: { readonly rate: number; readonly of?: (own: readonly number[]) => number },
): number[] {
  return grouped(gradient, labels, codebook.length).map((own, k) => (codebook[k] as number) - rate * of(own));
}

/** Mistakes of the move to the mean. */
export interface RefitSlips {
  readonly empty?: (old: number) => number;
  readonly of?: (own: readonly number[]) => number;
}

/** Where centroids go when weights have moved and labels stay: to the mean of their weights. */
export function refit(weights: readonly number[], { codebook, labels }: Clusters, slips: RefitSlips = {}): number[] {
  const { empty = (old: number) => old, of = (own: readonly number[]) => sum(own) / own.length } = slips;
  return grouped(weights, labels, codebook.length).map((own, k) => (own.length > 0 ? of(own) : empty(codebook[k] as number)));
}

/** The grid of a number of bits: r = scale · (q - zeroPoint). */
export interface Grid {
  readonly bits: number;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** First and last signed integer of so many bits. */
export const ends = (bits: number): readonly [low: number, high: number] => [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];

/** Mistakes of linear quantization. */
export interface LinearSlips {
  readonly whole?: (x: number) => number;
  readonly clamp?: (q: number, low: number, high: number) => number;
  readonly sign?: number;
  /** Bits that the clamp goes by. */
  readonly unsigned?: boolean;
  /** How a value and the scale become a number of steps. */
  readonly steps?: (r: number, scale: number) => number;
}

const inside = (q: number, low: number, high: number): number => Math.min(high, Math.max(low, q));

/** q = clamp(round(r / S) + Z). */
export function linear(values: readonly number[], { bits, scale, zeroPoint }: Grid, slips: LinearSlips = {}): number[] {
  const { whole = Math.round, clamp = inside, sign = 1, unsigned = false, steps = (r: number, by: number) => r / by } = slips;
  const [low, high] = unsigned ? [0, 2 ** bits - 1] : ends(bits);
  return values.map(r => clamp(whole(steps(r, scale)) + sign * zeroPoint, low, high));
}

/** Mistakes of the choice of a grid. */
export interface GridSlips {
  readonly widened?: boolean;
  readonly whole?: (x: number) => number;
  readonly clamped?: boolean;
  /** Numbers that the range is divided by. */
  readonly steps?: (bits: number) => number;
  readonly range?: (low: number, high: number) => number;
  readonly sign?: number;
  readonly from?: 'low' | 'high';
}

/** S = (high - low) / (2^b - 1) and Z = clamp(round(q_min - low / S)), over the range of the values widened to 0. */
export function gridOf(values: readonly number[], bits: number, slips: GridSlips = {}): { scale: number; zeroPoint: number } {
  const {
    widened = true,
    whole = Math.round,
    clamped = true,
    steps = (b: number) => 2 ** b - 1,
    range = (l: number, h: number) => h - l,
    sign = 1,
  } = slips;
  const [first, last] = ends(bits);
  const low = widened ? Math.min(0, ...values) : Math.min(...values);
  const high = widened ? Math.max(0, ...values) : Math.max(...values);
  const scale = range(low, high) / steps(bits);
  const zero = whole(slips.from === 'high' ? last - (sign * high) / scale : first - (sign * low) / scale);
  return { scale, zeroPoint: clamped ? inside(zero, first, last) : zero };
}
