const digits = [0, 11, 22];

/**
 * The values in ascending order, -0 before +0, by counting three digits of 11 bits of their float32 pattern: linear in their number, several times as
 * fast as a sort that compares. NaN has no place; check before.
 */
export function sortedValues(values: Float32Array): Float32Array {
  if (values.length < 2 ** 12) return Float32Array.from(values).sort();
  let from = new Int32Array(Float32Array.from(values).buffer);
  for (let i = 0; i < from.length; i++) from[i] = ascending(from[i] as number);
  let to = new Int32Array(from.length);
  for (const [pass, counts] of countsOf(from).entries()) {
    const shift = digits[pass] as number;
    for (let i = 0; i < from.length; i++) {
      const key = from[i] as number;
      const digit = (key >>> shift) & 2047;
      const place = counts[digit] as number;
      to[place] = key;
      counts[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  for (let i = 0; i < from.length; i++) from[i] = pattern(from[i] as number);
  return new Float32Array(from.buffer);
}

/** The pattern of a float as a number that, read without a sign, grows with it. */
const ascending = (bits: number): number => bits ^ ((bits >> 31) | 0x80000000);

/** The other way. */
const pattern = (key: number): number => key ^ (~(key >> 31) | 0x80000000);

/** For each digit: where the first key with each of its values goes. */
function countsOf(keys: Int32Array): Int32Array[] {
  const counts = digits.map(() => new Int32Array(2048));
  const [low, middle, high] = counts as [Int32Array, Int32Array, Int32Array];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    low[key & 2047]++;
    middle[(key >>> 11) & 2047]++;
    high[key >>> 22]++;
  }
  for (const count of counts) {
    let before = 0;
    for (let digit = 0; digit < count.length; digit++) {
      const own = count[digit] as number;
      count[digit] = before;
      before += own;
    }
  }
  return counts;
}
