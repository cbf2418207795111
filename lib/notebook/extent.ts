/** The least and the greatest number of a list that may be long; anything else in it is passed over. [∞, -∞] when there is none. */
export function extentOf(values: Iterable<unknown>): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (typeof value !== 'number') continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
