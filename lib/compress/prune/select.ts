/**
 * A float's bits as a signed integer of the same order: negative floats count backwards, and -0 becomes 0. So the k-th smallest score is found
 * by counting, without a comparison of floats and without sorting.
 */
function keyOf(bits: number): number {
  return bits >= 0 ? bits : bits === -0x80000000 ? 0 : bits ^ 0x7fffffff;
}

/** Finds the bucket that holds the rank-th smallest (from 0), and its rank inside. */
function bucketOf(counts: Int32Array, rank: number): [bucket: number, rank: number] {
  let bucket = 0;
  let left = rank;
  for (let count = counts[0] as number; left >= count; count = counts[bucket] as number) {
    left -= count;
    bucket++;
  }
  return [bucket, left];
}

/** Key of the rank-th smallest (from 0) and its rank among its equals: radix selection, two passes of 16 bits. */
function select(bits: Int32Array, rank: number): [key: number, among: number] {
  const high = new Int32Array(2 ** 16);
  for (let i = 0; i < bits.length; i++) {
    const bucket = (keyOf(bits[i] as number) >> 16) + 0x8000;
    high[bucket] = (high[bucket] as number) + 1;
  }
  const [top, within] = bucketOf(high, rank);
  const prefix = top - 0x8000;
  const low = new Int32Array(2 ** 16);
  for (let i = 0; i < bits.length; i++) {
    const key = keyOf(bits[i] as number);
    if (key >> 16 === prefix) low[key & 0xffff] = (low[key & 0xffff] as number) + 1;
  }
  const [rest, among] = bucketOf(low, within);
  return [(prefix << 16) | rest, among];
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
  const [threshold, among] = select(bits, count - 1);
  let equals = 0;
  for (let i = 0; i < bits.length; i++) {
    const key = keyOf(bits[i] as number);
    kept[i] = Number(key > threshold);
    equals += Number(key === threshold);
  }
  // the last of the equals stay
  for (let i = bits.length - 1, stay = equals - among - 1; stay > 0; i--) {
    if (keyOf(bits[i] as number) !== threshold) continue;
    kept[i] = 1;
    stay--;
  }
  return kept;
}
