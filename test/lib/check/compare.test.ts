import fc from 'fast-check';
import { array, difference, question } from 'tinylab';
import { withhold, withholdable } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import { ask } from './scope.ts';

const near = { relative: 1e-5, absolute: 1e-6 };

describe('difference', () => {
  it('finds none between a value and itself, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything({ withTypedArray: true, withBigInt: true, withSparseArray: false, maxDepth: 3 }), value => {
        expect(difference(value, value)).toBeUndefined();
      }),
    );
  });

  it.each([
    [1, 1 + 1e-7, near, undefined],
    [1, 1.1, near, { kind: 'wrong', where: '', expected: '1.1', got: '1' }],
    [Number.NaN, Number.NaN, near, undefined],
    [Infinity, -Infinity, near, { kind: 'wrong', where: '', expected: '-Infinity', got: 'Infinity' }],
    [Number.NaN, 1, near, { kind: 'wrong', where: '', expected: '1', got: 'NaN' }],
    [0, -0, undefined, undefined],
    ['a', 1, undefined, { kind: 'wrong kind', where: '', expected: 'number: 1', got: 'string: "a"' }],
    [[1, 2], [1, 2, 3], undefined, { kind: 'wrong', where: 'the length', expected: '3 elements', got: '2 elements' }],
    [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, undefined, { kind: 'wrong', where: 'a[0].b', expected: '2', got: '1' }],
    [{ a: 1 }, { a: 1, b: 2 }, undefined, { kind: 'wrong', where: 'b', expected: '2', got: 'nothing' }],
    [{ a: 1, b: 2 }, { a: 1 }, undefined, { kind: 'wrong', where: 'b', expected: 'nothing', got: '2' }],
    [{ b: 2, a: 1 }, { a: 1, b: 2 }, undefined, undefined],
    [Float32Array.of(1), [1], undefined, { kind: 'wrong kind', where: '', expected: 'list: [1]', got: 'Float32Array: Float32Array(1)' }],
    [null, undefined, undefined, { kind: 'wrong kind', where: '', expected: 'undefined: undefined', got: 'null: null' }],
  ])('of %o and %o', (got, expected, ...[tolerance, found]) => {
    expect(difference(got, expected, tolerance as typeof near | undefined)).toEqual(found);
  });

  it('names the worst element of an array, its shape when that differs, and no dtype', () => {
    const expected = array([2, 3], [0, 0, 0, 0, 0, 0]);
    expect(difference(array([2, 3], [0, 1, 0, 0, -5, 0]), expected)).toMatchObject({ where: '[1, 1]', got: '-5', expected: '0' });
    expect(difference(array([3, 2], [0, 0, 0, 0, 0, 0]), expected)).toMatchObject({
      kind: 'wrong kind',
      expected: 'float32 of shape [2, 3]',
      got: 'float32 of shape [3, 2]',
    });
    expect(difference(array([2, 3], [0, 0, 0, 0, 0, 0], 'int8'), expected)).toBeUndefined();
  });

  it('compares packed int4 arrays only with their like', () => {
    const packed = array([2], Uint8Array.of(0x21), 'int4');
    expect(difference(packed, array([2], Uint8Array.of(0x21), 'int4'))).toBeUndefined();
    expect(difference(packed, array([2], Uint8Array.of(0x22), 'int4'))).toMatchObject({ kind: 'wrong' });
    expect(difference(array([2], [1, 2]), packed)).toMatchObject({ kind: 'wrong kind' });
  });
});

describe('withheld exports', () => {
  it('are absent through the door while their question runs, and back afterwards', async () => {
    const door = withholdable({ relu: (x: number) => Math.max(0, x), tanh: Math.tanh });
    const asks = (names: readonly string[]) =>
      question('relu', { points: 1, uses: ['relu'], withhold: names }, async q => void q.equal(await q.call('relu', -1), 0));
    const names = { relu: (x: number) => door.relu(x) };
    expect((await ask(asks(['relu']), names)).items[0]).toMatchObject({
      reason: 'threw',
      got: 'relu of the library is not available to this question.',
    });
    expect((await ask(asks(['tanh']), names)).state).toBe('passed');
    expect(Object.keys(door)).toEqual(['relu', 'tanh']);
    withhold([]);
  });
});
