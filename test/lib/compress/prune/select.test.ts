import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pruneLowest } from '../../../../lib/compress/prune/select.ts';

const score = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 1e-45, -1e-45, 3.4028234663852886e38, -3.4028234663852886e38, Number.NEGATIVE_INFINITY),
  fc.float({ noNaN: true }),
);

it('equals sorting by score, then index, for scores of either sign', () => {
  fc.assert(
    fc.property(fc.array(score, { maxLength: 50 }), fc.nat({ max: 55 }), (scores, count) => {
      // < alone compares, since -Infinity minus itself is no number
      const order = scores.map((_, i) => i).sort((a, b) => compare(scores[a] as number, scores[b] as number) || a - b);
      const gone = new Set(order.slice(0, count));
      expect([...pruneLowest(Float32Array.from(scores), count)]).toEqual(scores.map((_, i) => Number(!gone.has(i))));
    }),
    { numRuns: 1000 },
  );
});

it('works on a view into a larger buffer', () => {
  const scores = new Float32Array([9, 9, 3, 1, 2, 9]).subarray(2, 5);
  expect([...pruneLowest(scores, 1)]).toEqual([1, 0, 1]);
});

function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
