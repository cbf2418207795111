/**
 * The largest whole number in [low, high] that fits, given that `low` does and that what lies below one that fits does too: doubling steps from
 * `low`, then bisection, so near answers are cheap.
 */
export async function largestThatFits(low: number, high: number, fits: (candidate: number) => boolean | Promise<boolean>): Promise<number> {
  let [best, tooMuch] = [low, high + 1];
  for (let step = 1; best + 1 < tooMuch; step *= 2) {
    const candidate = Math.min(best + step, tooMuch - 1);
    if (await fits(candidate)) best = candidate;
    else tooMuch = candidate;
    if (tooMuch <= high) break;
  }
  while (best + 1 < tooMuch) {
    const middle = Math.floor((best + tooMuch) / 2);
    if (await fits(middle)) best = middle;
    else tooMuch = middle;
  }
  return best;
}
