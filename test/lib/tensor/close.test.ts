import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { array } from '../../../lib/tensor/array.ts';
import { allClose } from '../../../lib/tensor/close.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe('allClose', () => {
  it('tolerance is absolute plus relative to the expected value', () => {
    const close = (got: number, expected: number): boolean => allClose(got, expected, { relative: 0.1, absolute: 0.5 }).close;
    expect(close(11.5, 10)).toBe(true);
    expect(close(11.51, 10)).toBe(false);
    expect(close(0.5, 0)).toBe(true);
    expect(close(-0.51, 0)).toBe(false);
  });

  it.each([
    [nan, nan, true],
    [infinity, infinity, true],
    [-infinity, -infinity, true],
    [infinity, -infinity, false],
    [nan, 0, false],
    [0, nan, false],
    [infinity, 1e30, false],
    [1e30, infinity, false],
    [0, -0, true],
  ])('%d against %d: %s', (got, expected, close) => {
    expect(allClose([got], [expected], { relative: 1, absolute: 1 }).close).toBe(close);
  });

  it('names the worst place', () => {
    const got = array([2, 3], [1, 2, 3, 4.5, 5, 7]);
    const result = allClose(got, array([2, 3], [1, 2, 3, 4, 5, 6]));
    expect(result.worst).toEqual({ index: [1, 2], got: 7, expected: 6, difference: 1 });
    expect(result.message).toBe('Expected 6, got 7 at [1, 2]: they differ by 1.');
    expect(allClose([1, nan], [1.1, 0]).worst?.index).toEqual([1]);
  });

  it('wants equal shapes, and refuses packed values', () => {
    expect(allClose(array([2, 1], [1, 2]), array([2], [1, 2])).message).toBe('Expected shape [2], got [2, 1].');
    expect(() => allClose(array([2], [0x11], 'int4'), [1, 1])).toThrow(/int4/);
  });

  it('every array is close to itself and not to one that differs by more than the tolerance', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1 }), fc.nat(), (values, pick) => {
        expect(allClose(values, values).close).toBe(true);
        const i = pick % values.length;
        const far = values.with(i, (values[i] as number) * 2 + 1);
        expect(allClose(far, values).close).toBe(
          Object.is(far[i], values[i]) || Math.abs((far[i] as number) - (values[i] as number)) <= 1e-6,
        );
      }),
      { seed: 5 },
    );
  });
});

it.each([{ relative: Number.NaN }, { absolute: Number.NaN }, { relative: -1 }])('a tolerance of %o is refused', tolerance => {
  expect(() => allClose([1], [2], tolerance)).toThrowError(expect.objectContaining({ code: 'close/tolerance' }));
});
