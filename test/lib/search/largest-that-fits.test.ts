import { expect, it } from 'vitest';
import { largestThatFits } from '../../../lib/search/largest-that-fits.ts';

it('finds the largest that fits in few trials', async () => {
  for (const [low, high, limit] of [
    [1, 1000, 1],
    [1, 1000, 2],
    [1, 1000, 613],
    [0, 1000, 1000],
    [5, 5, 9],
  ] as const) {
    let trials = 0;
    const fits = (n: number): boolean => [trials++, n <= limit][1] as boolean;
    expect(await largestThatFits(low, high, fits)).toBe(Math.min(limit, high));
    expect(trials).toBeLessThanOrEqual(20);
  }
});
