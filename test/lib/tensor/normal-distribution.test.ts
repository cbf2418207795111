import { expect, it } from 'vitest';
import { normalCumulative, normalDensity } from '../../../lib/tensor/normal-distribution.ts';

// values of tables with 15 digits and more
it.each([
  [0.5, 0.6914624612740131],
  [1, 0.8413447460685429],
  [1.959963984540054, 0.975],
  [2.5, 0.993790334674224],
  [-3, 0.0013498980316300946],
  [-5, 2.866515718791939e-7],
  [-8, 6.220960574271785e-16],
  [-20, 2.7536241186062337e-89],
])('Φ(%d) is %d', (x, share) => {
  expect(Math.abs(normalCumulative(x) / share - 1)).toBeLessThan(1e-13);
  expect(normalCumulative(-x) + normalCumulative(x)).toBeCloseTo(1, 14);
});

it('ends at 0 and 1, keeps NaN, and is the integral of the density', () => {
  expect([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0, Number.NaN].map(normalCumulative)).toEqual([0, 1, 0.5, Number.NaN]);
  for (let x = -6; x < 6; x += 0.37)
    expect((normalCumulative(x + 1e-4) - normalCumulative(x - 1e-4)) / 2e-4).toBeCloseTo(normalDensity(x), 7);
});
