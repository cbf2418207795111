import type { RangeMethod } from './range.ts';

/** From the smallest value to the largest: nothing is clipped. Jacob et al. 2018, section 3. */
export function minMax(): RangeMethod {
  return Object.freeze({
    name: 'min-max',
    needs: 'extremes',
    interval: ({ min, max }) => ({ low: Math.min(0, min), high: Math.max(0, max) }),
  } satisfies RangeMethod);
}
