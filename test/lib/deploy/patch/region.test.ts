import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computedSpan, cut, paddingLeft, readSpan, type Slide } from '../../../../lib/deploy/patch/region.ts';

const slide = fc.record({
  window: fc.integer({ min: 1, max: 7 }),
  stride: fc.integer({ min: 1, max: 4 }),
  before: fc.integer({ min: 0, max: 8 }),
  length: fc.integer({ min: 1, max: 20 }),
});

/** Places of the image that the windows of outputs from … to - 1 see, one by one. */
function seen([from, to]: readonly [number, number], { window, stride, before, length }: Slide): number[] {
  const places = new Set<number>();
  for (let i = from; i < to; i++)
    for (let k = 0; k < window; k++) {
      const place = i * stride - before + k;
      if (place >= 0 && place < length) places.add(place);
    }
  return [...places].sort((a, b) => a - b);
}

describe('spans', () => {
  it('by hand: 3 wide windows that see one place over each edge, none over the image', () => {
    const same = { window: 3, stride: 1, before: 1, length: 16 };
    expect(readSpan([0, 8], same)).toEqual([0, 9]);
    expect(readSpan([8, 16], same)).toEqual([7, 16]);
    expect(readSpan([5, 9], same)).toEqual([4, 10]);
    expect([paddingLeft([0, 8], 0, same), paddingLeft([5, 9], 4, same)]).toEqual([1, 0]);
    expect(readSpan([2, 4], { window: 3, stride: 2, before: 0, length: 9 })).toEqual([4, 9]);
  });

  it('hold all that windows see, and begin where padding is not negative', () => {
    fc.assert(
      fc.property(slide, fc.nat(20), fc.integer({ min: 1, max: 8 }), (of, from, count) => {
        const wanted = [from, from + count] as const;
        const computed = computedSpan(wanted, of);
        const read = readSpan(computed, of);
        const places = seen(computed, of);
        expect(computed[0]).toBeLessThanOrEqual(from);
        expect(computed[0]).toBeGreaterThanOrEqual(0);
        expect(read[1]).toBeGreaterThan(read[0]);
        expect([read[0] >= 0, read[1] <= of.length]).toEqual([true, true]);
        expect(paddingLeft(computed, read[0], of)).toBeGreaterThanOrEqual(0);
        // no place too many, but for windows that see none
        if (places.length > 0 && of.window >= of.stride) expect(read).toEqual([places[0], (places.at(-1) as number) + 1]);
        for (const place of places) expect(place >= read[0] && place < read[1]).toBe(true);
      }),
    );
  });

  it('cut a length into all its places, as alike as can be, the longer parts at the ends', () => {
    expect(cut(20, 3)).toEqual([
      [0, 7],
      [7, 13],
      [13, 20],
    ]);
    expect(cut(5, 5).map(([from, to]) => to - from)).toEqual([1, 1, 1, 1, 1]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (length, some) => {
        const parts = Math.min(length, some);
        const spans = cut(length, parts);
        const sizes = spans.map(([from, to]) => to - from);
        expect(spans.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual([...Array(length).keys()]);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(sizes[0]).toBe(Math.max(...sizes));
      }),
    );
  });
});
