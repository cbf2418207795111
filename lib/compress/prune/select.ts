/**
 * A float's bits as a signed integer of the same order, ±0 being 0: the magnitude's bits with the float's sign, in two's complement. With it the
 * k-th smallest score is found by counting, without sorting. No branch: weights have either sign at random.
 */
function keyOf(bits: number): number {
  const sign = bits >> 31;
  return ((bits & 0x7fffffff) ^ sign) - sign;
}

interface Threshold {
  readonly key: number;
  /** How many of those with this key are above the rank. */
  readonly above: number;
}

/** The key of the rank-th smallest (from 0): radix selection, two passes of 16 bits. */
function select(bits: Int32Array, rank: number): Threshold {
  const high = new Int32Array(2 ** 16);
  for (let i = 0; i < bits.length; i++) {
    const bucket = (keyOf(bits[i] as number) >> 16) + 0x8000;
    high[bucket] = (high[bucket] as number) + 1;
  }
  const top = bucketOf(high, rank);
  const prefix = top.bucket - 0x8000;
  const low = new Int32Array(2 ** 16);
  for (let i = 0; i < bits.length; i++) {
    const key = keyOf(bits[i] as number);
    if (key >> 16 === prefix) low[key & 0xffff] = (low[key & 0xffff] as number) + 1;
  }
  const { bucket, left } = bucketOf(low, top.left);
  return { key: (prefix << 16) | bucket, above: (low[bucket] as number) - left - 1 };
}

/** The bucket that holds the rank-th, and its rank inside. */
function bucketOf(counts: Int32Array, rank: number): { readonly bucket: number; readonly left: number } {
  let bucket = 0;
  let left = rank;
  for (; left >= (counts[bucket] as number); bucket++) left -= counts[bucket] as number;
  return { bucket, left };
}

/**
 * Keeps all but the `count` lowest scores: 1 = kept, 0 = pruned; of equal scores the lower index is pruned first. O(n), exact. Scores hold no
 * NaN; -Infinity goes first.
 */
export function pruneLowest(scores: Float32Array, count: number): Uint8Array {
  const kept = new Uint8Array(scores.length);
  if (count <= 0) return kept.fill(1);
  if (count >= scores.length) return kept;
  const bits = new Int32Array(scores.buffer, scores.byteOffset, scores.length);
  const { key, above } = select(bits, count - 1);
  for (let i = 0; i < bits.length; i++) kept[i] = Number(keyOf(bits[i] as number) > key);
  // the last of the equals stay
  for (let i = bits.length - 1, stay = above; stay > 0; i--) {
    if (keyOf(bits[i] as number) !== key) continue;
    kept[i] = 1;
    stay--;
  }
  return kept;
}
