import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { block } from '../../../../lib/compress/prune/granularity/block.ts';
import { channel } from '../../../../lib/compress/prune/granularity/channel.ts';
import { fineGrained } from '../../../../lib/compress/prune/granularity/fine-grained.ts';
import { kernel } from '../../../../lib/compress/prune/granularity/kernel.ts';
import { loadBalanced } from '../../../../lib/compress/prune/granularity/load-balanced.ts';
import { nm } from '../../../../lib/compress/prune/granularity/n-m.ts';
import { pattern } from '../../../../lib/compress/prune/granularity/pattern.ts';
import { vector } from '../../../../lib/compress/prune/granularity/vector.ts';
import { pruneMagnitude } from '../../../../lib/compress/prune/magnitude.ts';
import { maskSparsity, masksOf } from '../../../../lib/compress/prune/masks.ts';
import { network } from '../../../../lib/model/build.ts';
import { withParameters } from '../../../../lib/model/model.ts';
import { array, type NDArray } from '../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
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

// Forms that fix their sparsity are listed with it.
const all = [
  ...listed.map(({ granularity }) => ({ granularity, sparsity: 0.5 })),
  { granularity: nm({ n: 2, m: 4 }), sparsity: 0.5 },
  { granularity: nm({ n: 1, m: 4 }), sparsity: 0.75 },
  { granularity: loadBalanced({ elements: 4 }), sparsity: 0.5 },
  { granularity: pattern({ entries: 4 }), sparsity: 5 / 9 },
];

describe.each(all)('every granularity: $granularity.name', ({ granularity, sparsity }) => {
  const shape = [3, 3, 8, 8];
  const weight = normal(random(3), shape);
  const model = withParameters(network('one', [5, 5, 8]).conv2d(8, 3, { bias: false }).model(), { 'conv2d-1.kernel': { value: weight } });

  it('keeps a share of 1 - sparsity, the same each time, with more importance than chance', () => {
    const scores = array(shape, (weight.data as Float32Array).map(Math.abs));
    const mask = unchanged(scores, () => granularity.mask(scores, { sparsity }));
    expect(mask).toMatchObject({ dtype: 'uint8', shape });
    expect(granularity.mask(scores, { sparsity })).toEqual(mask);
    // to half of the largest group, a third of this array
    expect(Math.abs(maskSparsity(mask) - sparsity)).toBeLessThan(0.17);
    const kept = [...scores.data].filter((_, i) => mask.data[i] === 1);
    const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(mean(kept)).toBeGreaterThan(mean([...scores.data]));
  });

  it('never brings back what another granularity has pruned', () => {
    const some = pruneMagnitude(model, { sparsity: 0.2 });
    const more = pruneMagnitude(some, { sparsity, granularity });
    const [before, after] = [some, more].map(m => masksOf(m)['conv2d-1.kernel']?.data ?? []) as [Uint8Array, Uint8Array];
    expect([...after].every((kept, i) => kept <= (before[i] as number))).toBe(true);
    expect(maskSparsity(masksOf(more)['conv2d-1.kernel'] as NDArray)).toBeGreaterThanOrEqual(sparsity);
  });

  it('refuses a sparsity outside 0–1', () => {
    expect(() => pruneMagnitude(model, { sparsity: -0.1, granularity })).toThrow(expect.objectContaining({ code: 'prune/sparsity' }));
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
