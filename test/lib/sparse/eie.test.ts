import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eie, relativeIndex, relativeIndexed } from '../../../lib/sparse/eie.ts';
import { sparseBytes } from '../../../lib/sparse/format.ts';
import { array } from '../../../lib/tensor/array.ts';

const zeros = (n: number): number[] => new Array(n).fill(0);

describe('relative index', () => {
  it.each([
    ['the example of the paper', [0, 0, 1, 2, ...zeros(18), 3], { values: [1, 2, 0, 3], runs: [2, 0, 15, 2] }],
    ['15 zeros need no filler', [...zeros(15), 4], { values: [4], runs: [15] }],
    ['16 zeros need one, followed at once', [...zeros(16), 4], { values: [0, 4], runs: [15, 0] }],
    ['32 zeros need two', [...zeros(32), 4], { values: [0, 0, 4], runs: [15, 15, 0] }],
    ['zeros at the end leave no trace', [1, ...zeros(40)], { values: [1], runs: [0] }],
    ['nothing', zeros(40), { values: [], runs: [] }],
    ['no column', [], { values: [], runs: [] }],
  ])('%s', (_, column, { values, runs }) => {
    expect(relativeIndex(column)).toEqual({ values: Float32Array.from(values), runs: Uint8Array.from(runs) });
  });

  it('a run never exceeds what its bits hold, and the last value is a nonzero', () => {
    const sparse = fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 })), { maxLength: 200 });
    fc.assert(
      fc.property(sparse, fc.integer({ min: 1, max: 8 }), (column, indexBits) => {
        const { values, runs } = relativeIndex(column, { indexBits });
        expect(Math.max(0, ...runs)).toBeLessThan(2 ** indexBits);
        expect([...values].filter(v => v !== 0)).toEqual(column.filter(v => v !== 0));
        expect(values.at(-1)).not.toBe(0);
        const back = [...values].flatMap((v, i) => [...zeros(runs[i] as number), v]);
        expect([...back, ...zeros(column.length - back.length)]).toEqual(column);
      }),
    );
  });

  it('refuses an index of no bits', () => {
    for (const indexBits of [0, 9, 4.5]) {
      expect(() => relativeIndex([1], { indexBits })).toThrow(expect.objectContaining({ code: 'prune/index-bits' }));
      expect(() => relativeIndexed(indexBits)).toThrow(expect.objectContaining({ code: 'prune/index-bits' }));
    }
  });
});

describe('bytes', () => {
  const column = array([23, 1], [0, 0, 1, 2, ...zeros(18), 3]);

  it('counts values, fillers, indices and column pointers', () => {
    const encoded = eie.encode(column);
    expect(encoded.stored).toEqual({ values: 4, indexBits: 4 * 4 + 2 * 32 });
    expect(sparseBytes(encoded)).toBe(16 + 2 + 8);
    expect(sparseBytes(encoded, { valueBits: 4 })).toBe(2 + 2 + 8);
  });

  it('a wider index has fewer fillers', () => {
    expect(relativeIndexed(8).encode(column).stored).toEqual({ values: 3, indexBits: 3 * 8 + 2 * 32 });
  });
});
