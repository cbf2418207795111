import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { block } from '../../../../lib/compress/prune/granularity/block.ts';
import { channel } from '../../../../lib/compress/prune/granularity/channel.ts';
import { fineGrained } from '../../../../lib/compress/prune/granularity/fine-grained.ts';
import { kernel } from '../../../../lib/compress/prune/granularity/kernel.ts';
import { vector } from '../../../../lib/compress/prune/granularity/vector.ts';
import { array, type NDArray } from '../../../../lib/tensor/array.ts';
import { sizeOf } from '../../../../lib/tensor/shape.ts';
import { unchanged } from '../../unchanged.ts';

// A granularity whose groups are tiles joins the suite by being listed, with the group of an index written out by hand.
const listed = [
  { granularity: fineGrained(), group: (at: number[]) => at.join() },
  { granularity: vector(1), group: (at: number[]) => at.filter((_, axis) => axis !== 1).join() },
  { granularity: vector(-1), group: (at: number[]) => at.slice(0, -1).join() },
  { granularity: kernel(), group: (at: number[]) => at.slice(-2).join() },
  { granularity: channel(0), group: (at: number[]) => String(at[0]) },
  { granularity: channel(-1), group: (at: number[]) => String(at.at(-1)) },
  { granularity: channel(-2), group: (at: number[]) => String(at.at(-2)) },
  { granularity: block([2, 3]), group: (at: number[]) => at.map((i, axis) => Math.floor(i / ([2, 3][axis - at.length + 2] ?? 1))).join() },
];

function indexOf(shape: readonly number[], flat: number): number[] {
  let rest = flat;
  return shape.reduceRight<number[]>((at, length) => {
    at.unshift(rest % length);
    rest = Math.floor(rest / length);
    return at;
  }, []);
}

/** Groups in the order in which they come first, each with its score: whole numbers, so that sums are exact and ties frequent. */
function groupsOf({ shape, data }: NDArray, group: (at: number[]) => string): Map<string, { score: number; members: number[] }> {
  const groups = new Map<string, { score: number; members: number[] }>();
  for (let i = 0; i < data.length; i++) {
    const key = group(indexOf(shape, i));
    const found = groups.get(key) ?? { score: 0, members: [] };
    found.score += data[i] as number;
    found.members.push(i);
    groups.set(key, found);
  }
  return groups;
}

const scores = fc
  .oneof(
    fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    fc.constantFrom([3, 3, 2, 4], [1, 2, 5, 3], [3, 1, 4, 1]),
  )
  .chain(shape =>
    fc.array(fc.integer({ min: 0, max: 6 }), { minLength: sizeOf(shape), maxLength: sizeOf(shape) }).map(values => array(shape, values)),
  );
const sparsities = fc.double({ min: 0, max: 1, noNaN: true });

describe.each(listed)('$granularity.name', ({ granularity, group }) => {
  it('prunes the round(sparsity · groups) lowest groups as a whole, of equals the first', () => {
    fc.assert(
      fc.property(scores, sparsities, (values, sparsity) => {
        const mask = unchanged(values, () => granularity.mask(values, { sparsity }));
        expect(mask).toMatchObject({ dtype: 'uint8', shape: values.shape });
        const groups = [...groupsOf(values, group).values()];
        // stable: the first of equals comes first
        const gone = [...groups].sort((a, b) => a.score - b.score).slice(0, Math.round(sparsity * groups.length));
        const expected = new Uint8Array(mask.data.length).fill(1);
        for (const { members } of gone) for (const i of members) expected[i] = 0;
        expect([...mask.data]).toEqual([...expected]);
      }),
    );
  });

  it('prunes what was pruned before first, and keeps everything or nothing at the ends', () => {
    fc.assert(
      fc.property(scores, fc.nat(), sparsities, (values, pick, sparsity) => {
        const { members } = [...groupsOf(values, group).values()].at(-1) as { members: number[] };
        const gone = array(
          values.shape,
          Float32Array.from(values.data, (score, i) => (members.includes(i) ? Number.NEGATIVE_INFINITY : score)),
        );
        const mask = granularity.mask(gone, { sparsity });
        const at = members[pick % members.length] as number;
        expect(mask.data[at] === 0 || mask.data.every(kept => kept === 1)).toBe(true);
        expect(granularity.mask(values, { sparsity: 0 }).data.every(kept => kept === 1)).toBe(true);
        expect(granularity.mask(values, { sparsity: 1 }).data.every(kept => kept === 0)).toBe(true);
      }),
    );
  });
});

describe('the norm of a group', () => {
  const matrix = array([2, 2], [3, 2, 0, 4.5]);
  it.each([
    // row sums 5 and 4.5; row norms √13 and 4.5
    [1, [1, 1, 0, 0]],
    [2, [0, 0, 1, 1]],
    [3, [0, 0, 1, 1]],
  ])('of order %d decides', (order, kept) => {
    expect([...channel(0).mask(matrix, { sparsity: 0.5, order }).data]).toEqual(kept);
  });
});

describe('granularities refuse', () => {
  const scores = array([2, 2], [1, 2, 3, 4]);
  it.each([
    ['an axis that is not there', () => channel(2).mask(scores, { sparsity: 0.5 }), 'prune/axis'],
    ['a vector along no axis', () => vector(-3).mask(scores, { sparsity: 0.5 }), 'prune/axis'],
    ['half an axis', () => vector(0.5).mask(scores, { sparsity: 0.5 }), 'prune/axis'],
    ['a block of nothing', () => block([0, 4]), 'prune/block'],
    ['a block of more axes than there are', () => block([1, 2, 2]).mask(scores, { sparsity: 0.5 }), 'prune/block'],
  ])('%s', (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
