/**
 * share · count as the decimals that they are written as: 0.58 · 25 is 14.5, where binary arithmetic gives 14.499999999999998, and (1 - 0.9) · 15 is
 * 1.5. Every count that a share makes goes through here, so that halves and whole numbers are what a reader expects.
 */
export function shareOf(share: number, count: number): number {
  const product = share * count;
  // 13 digits are more than a share has, and leave out the last three, in which binary fractions differ
  return Math.abs(product) < 1e11 ? Number(product.toPrecision(13)) : product;
}

/** round(share · count), halves away from zero. */
export function roundedShare(share: number, count: number): number {
  return Math.round(shareOf(share, count));
}
