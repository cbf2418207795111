import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateBits, bitFrontier } from '../../../../../lib/compress/quantize/allocation/allocate-bits.ts';
import type { BitAllocation, BitPoint } from '../../../../../lib/compress/quantize/allocation/bit-table.ts';
import type { BitBudget } from '../../../../../lib/compress/quantize/allocation/budget.ts';
import { randomBits } from '../../../../../lib/compress/quantize/allocation/random-bits.ts';
import { random } from '../../../../../lib/tensor/random.ts';

const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });

/** Whole losses, so that sums are exact in any order; storage with 32 bits for a scale. */
const table = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 2, max: 8 }), { minLength: 2, maxLength: 4 }),
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 5, maxLength: 5 }),
    fc.infiniteStream(fc.integer({ min: -3, max: 40 })),
  )
  .map(([bits, sizes, losses]): readonly BitPoint[] =>
    sizes.flatMap((weights, i) =>
      bits.map(b => ({ parameter: `p${i}`, bits: b, weights, storage: b * weights + 32, loss: losses.next().value as number })),
    ),
  );

const pointOf = (points: readonly BitPoint[], name: string, bits: number): BitPoint =>
  points.find(point => point.parameter === name && point.bits === bits) as BitPoint;
const sumOf = (points: readonly BitPoint[], allocation: BitAllocation, of: (point: BitPoint) => number): number =>
  Object.entries(allocation).reduce((sum, [name, bits]) => sum + of(pointOf(points, name, bits)), 0);
const costOf = (budget: BitBudget) => (point: BitPoint) => ('bytes' in budget ? point.storage : point.bits * point.weights);
const limitOf = (points: readonly BitPoint[], budget: BitBudget): number => {
  const sizes = new Map(points.map(({ parameter, weights }) => [parameter, weights]));
  return 'bytes' in budget ? 8 * budget.bytes : budget.meanBits * [...sizes.values()].reduce((sum, n) => sum + n, 0);
};

/** All allocations, one after the other. */
function* every(points: readonly BitPoint[]): Iterable<BitAllocation> {
  const names = [...new Set(points.map(({ parameter }) => parameter))];
  const widths = names.map(name => points.filter(({ parameter }) => parameter === name).map(({ bits }) => bits));
  const total = widths.reduce((product, list) => product * list.length, 1);
  for (let n = 0; n < total; n++) {
    let left = n;
    yield Object.fromEntries(
      names.map((name, i) => {
        const list = widths[i] as number[];
        const bits = list[left % list.length] as number;
        left = Math.floor(left / list.length);
        return [name, bits];
      }),
    );
  }
}

describe('allocateBits', () => {
  const budget = fc.oneof(
    fc.integer({ min: 60, max: 250 }).map((bytes): BitBudget => ({ bytes })),
    fc.double({ min: 2, max: 8, noNaN: true }).map((meanBits): BitBudget => ({ meanBits })),
  );

  it('equals brute force over five parameters, within the budget; of equal losses it takes the cheaper', () => {
    fc.assert(
      fc.property(table, budget, (points, within) => {
        const limit = limitOf(points, within);
        const fits = [...every(points)].filter(a => sumOf(points, a, costOf(within)) <= limit);
        if (fits.length === 0) {
          expect(() => allocateBits(points, within)).toThrow(coded('quantize/budget'));
          return;
        }
        const least = Math.min(...fits.map(a => sumOf(points, a, p => p.loss)));
        const cheapest = Math.min(...fits.filter(a => sumOf(points, a, p => p.loss) === least).map(a => sumOf(points, a, costOf(within))));
        const found = allocateBits(points, within);
        expect(Object.keys(found)).toHaveLength(5);
        expect([sumOf(points, found, p => p.loss), sumOf(points, found, costOf(within))]).toEqual([least, cheapest]);
      }),
      { numRuns: 150 },
    );
  });

  const row = (parameter: string, bits: number, loss: number): BitPoint => ({
    parameter,
    bits,
    loss,
    weights: 10,
    storage: 10 * bits + 32,
  });

  it('finds what greedy steps miss', () => {
    // the last step of c saves most for its loss, but more than is needed
    const points = [row('a', 2, 3), row('a', 4, 0), row('c', 2, 4), row('c', 8, 0)];
    expect(allocateBits(points, { meanBits: 5 })).toEqual({ a: 2, c: 8 });
  });

  it('counts scales in bytes, and codes alone in mean bits', () => {
    const points = [row('a', 2, 1), row('a', 4, 0)];
    expect(allocateBits(points, { bytes: 9 })).toEqual({ a: 4 });
    expect(() => allocateBits(points, { bytes: 6 })).toThrow(coded('quantize/budget'));
    expect(allocateBits(points, { bytes: 6.5 })).toEqual({ a: 2 });
    expect(allocateBits(points, { meanBits: 3.9 })).toEqual({ a: 2 });
  });

  it('takes a lower width where more bits lose more', () => {
    expect(allocateBits([row('a', 2, -1), row('a', 4, 0)], { meanBits: 8 })).toEqual({ a: 2 });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a budget of %f', bytes => {
    expect(() => allocateBits([row('a', 2, 1)], { bytes })).toThrow(coded('quantize/budget'));
  });

  it('refuses tables that say nothing, twice, or NaN', () => {
    expect(() => allocateBits([], { bytes: 9 })).toThrow(coded('quantize/table'));
    expect(() => allocateBits([row('a', 2, 1), row('a', 2, 0)], { bytes: 9 })).toThrow(coded('quantize/table'));
    expect(() => allocateBits([row('a', 2, Number.NaN)], { bytes: 9 })).toThrow(coded('quantize/table'));
  });

  it('takes seconds for a network of fifty layers', () => {
    const rng = random(1);
    const layers = Array.from({ length: 50 }, () => ({ weights: 64 * rng.int(1, 4000), scale: rng.uniform(0.1, 10) }));
    const points = layers.flatMap(({ weights, scale }, i) =>
      [2, 3, 4, 5, 6, 7, 8].map(bits => ({
        parameter: `p${i}`,
        bits,
        weights,
        storage: bits * weights,
        loss: scale * weights * 4 ** -bits,
      })),
    );
    const began = performance.now();
    const found = allocateBits(points, { meanBits: 4 });
    expect(performance.now() - began).toBeLessThan(8000);
    expect(sumOf(points, found, costOf({ meanBits: 4 }))).toBeLessThanOrEqual(limitOf(points, { meanBits: 4 }));
    const uniform = Object.fromEntries(layers.map((_, i) => [`p${i}`, 4]));
    expect(sumOf(points, found, p => p.loss)).toBeLessThan(sumOf(points, uniform, p => p.loss));
  });
});

describe('the Pareto front', () => {
  it('is what no allocation dominates, and what budgets choose', () => {
    fc.assert(
      fc.property(table, points => {
        const all = [...every(points)].map(a => ({ bytes: sumOf(points, a, p => p.storage) / 8, loss: sumOf(points, a, p => p.loss) }));
        const front = bitFrontier(points);
        for (const { bytes, loss, allocation } of front) {
          expect([sumOf(points, allocation, p => p.storage) / 8, sumOf(points, allocation, p => p.loss)]).toEqual([bytes, loss]);
          expect(all.some(other => other.bytes <= bytes && other.loss <= loss && (other.bytes < bytes || other.loss < loss))).toBe(false);
          expect(allocateBits(points, { bytes })).toEqual(allocation);
        }
        const best = Math.min(...all.map(({ loss }) => loss));
        expect([front[0]?.bytes, front.at(-1)?.loss]).toEqual([Math.min(...all.map(({ bytes }) => bytes)), best]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('random allocations', () => {
  it('use the share of the budget that they must, and never more', () => {
    fc.assert(
      fc.property(table, fc.nat(1000), (points, seed) => {
        const budget = { meanBits: 5 };
        const limit = limitOf(points, budget);
        const fits = [...every(points)].map(a => sumOf(points, a, costOf(budget))).filter(cost => cost >= 0.9 * limit && cost <= limit);
        if (fits.length < 5) return;
        const cost = sumOf(points, randomBits(points, budget, { share: 0.9, seed }), costOf(budget));
        expect(cost).toBeLessThanOrEqual(limit);
        expect(cost).toBeGreaterThanOrEqual(0.9 * limit);
      }),
      { numRuns: 40 },
    );
  });

  it('come again with their seed, and are refused where none fits', () => {
    const points = [2, 3, 4].flatMap(bits =>
      ['a', 'b', 'c'].map(parameter => ({ parameter, bits, loss: 0, weights: 8, storage: 8 * bits })),
    );
    const draw = (seed: number): BitAllocation => randomBits(points, { meanBits: 3 }, { seed });
    expect(draw(1)).toEqual(draw(1));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => JSON.stringify(draw(seed)))).size).toBeGreaterThan(3);
    expect(() => randomBits(points, { meanBits: 3.1 }, { share: 1 })).toThrow(coded('quantize/budget'));
  });
});
