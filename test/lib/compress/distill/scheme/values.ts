import { expect } from 'vitest';
import type { Model } from '../../../../../lib/model/model.ts';

/** All values of a network, by parameter. */
export const values = (model: Model): number[][] => Object.values(model.parameters).map(({ value }) => [...value.data]);

/** Refuses networks whose values are further apart than rounding. */
export function expectClose(found: Model, expected: Model): void {
  const known = values(expected);
  expect(Object.keys(found.parameters)).toEqual(Object.keys(expected.parameters));
  for (const [i, row] of values(found).entries()) for (const [k, v] of row.entries()) expect(v).toBeCloseTo(known[i]?.[k] as number, 5);
}
