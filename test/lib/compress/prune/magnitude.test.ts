import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channel } from '../../../../lib/compress/prune/granularity/channel.ts';
import { l1, l2 } from '../../../../lib/compress/prune/importance/norm.ts';
import { magnitudeMask, pruneMagnitude } from '../../../../lib/compress/prune/magnitude.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { unchanged } from '../../unchanged.ts';

const weight = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.5, -0.5, 1e-45, -1e-45, 3.4e38),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
);
/** Weights with ties, zeros of both signs, denormals, equal magnitudes of both signs; or all equal. */
const weights = fc.oneof(
  fc.array(weight, { minLength: 1, maxLength: 40 }),
  fc.tuple(weight, fc.integer({ min: 1, max: 40 })).map(([value, count]) => Array.from({ length: count }, () => value)),
);

/** Sorted by |w|, then index: the obvious way. */
function reference(values: readonly number[], sparsity: number): number[] {
  const order = values.map((_, i) => i).sort((a, b) => Math.abs(values[a] as number) - Math.abs(values[b] as number) || a - b);
  const gone = new Set(order.slice(0, Math.round(sparsity * values.length)));
  return values.map((_, i) => (gone.has(i) ? 0 : 1));
}

describe('magnitudeMask', () => {
  const matrix = array([2, 2], [3, -2, 1, -5]);

  it('prunes the smallest magnitudes of the lecture notes', () => {
    expect([...magnitudeMask(matrix, 0.5).data]).toEqual([1, 0, 0, 1]);
    expect([...magnitudeMask(matrix, 0.5, { granularity: channel(0) }).data]).toEqual([0, 0, 1, 1]);
  });

  it('equals sorting, ties by index, for any weights and sparsity', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (values, sparsity) => {
        const floats = values.map(Math.fround);
        const weight = array([floats.length], floats);
        const mask = unchanged(weight, () => magnitudeMask(weight, sparsity));
        expect([...mask.data]).toEqual(reference(floats, sparsity));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [array([2], [1, Number.NaN]), 0.5, 'prune/finite'],
    [array([2], [1, Number.POSITIVE_INFINITY]), 0.5, 'prune/finite'],
    [array([0, 3], []), 0.5, 'prune/empty'],
    [matrix, 1.5, 'prune/sparsity'],
    [matrix, -0.1, 'prune/sparsity'],
    [matrix, Number.NaN, 'prune/sparsity'],
    [array([2], [1, 2], 'int8'), 0.5, 'prune/dtype'],
  ])('refuses %j at %d: %s', (weight, sparsity, code) => {
    expect(() => magnitudeMask(weight, sparsity)).toThrow(expect.objectContaining({ code }));
  });
});

describe('pruneMagnitude', () => {
  const model = mlp({ input: [6], hidden: [7], classes: 3, seed: 1 });
  const zeros = (pruned: typeof model, name: string): number =>
    [...(pruned.parameters[name]?.value.data ?? [])].filter(w => w === 0).length;

  it('prunes each layer, the layers of a map, or all of them with one threshold', () => {
    const layer = unchanged(model, () => pruneMagnitude(model, { sparsity: 0.5 }));
    expect([zeros(layer, 'dense-1.kernel'), zeros(layer, 'dense-2.kernel')]).toEqual([21, 11]);
    const map = pruneMagnitude(model, { sparsity: { 'dense-2.kernel': 0.25 } });
    expect([zeros(map, 'dense-1.kernel'), zeros(map, 'dense-2.kernel')]).toEqual([0, 5]);
    expect(pruneMagnitude(model, { sparsity: {} })).toBe(model);
    expect(map.parameters['dense-1.kernel']).toBe(model.parameters['dense-1.kernel']);
    const global = pruneMagnitude(model, { sparsity: 0.5, scope: 'global' });
    expect(zeros(global, 'dense-1.kernel') + zeros(global, 'dense-2.kernel')).toBe(32);
    const kept = Object.values(global.parameters).flatMap(p =>
      [...(p.mask?.data ?? [])].map((m, i) => [m, Math.abs(p.value.data[i] as number)]),
    );
    const all = ['dense-1.kernel', 'dense-2.kernel'].flatMap(name => [...(model.parameters[name]?.value.data ?? [])].map(Math.abs));
    const threshold = all.sort((a, b) => a - b)[31] as number;
    expect(kept.filter(([m]) => m === 1).every(([, w]) => (w as number) > threshold)).toBe(true);
  });

  it('never revives a pruned weight', () => {
    const half = pruneMagnitude(model, { sparsity: 0.5 });
    const more = pruneMagnitude(half, { sparsity: 0.75, criterion: l2() });
    expect(zeros(more, 'dense-1.kernel')).toBe(32);
    const before = half.parameters['dense-1.kernel']?.mask?.data ?? [];
    const after = more.parameters['dense-1.kernel']?.mask?.data ?? [];
    expect([...after].every((kept, i) => kept <= (before[i] as number))).toBe(true);
    expect(pruneMagnitude(half, { sparsity: 0.5, criterion: l1() })).toEqual(half);
    expect(() => pruneMagnitude(half, { sparsity: 0.4 })).toThrow(expect.objectContaining({ code: 'prune/revive' }));
  });

  it.each([
    [{ sparsity: 2 }, 'prune/sparsity'],
    [{ sparsity: { 'dense-1.kernel': -1 } }, 'prune/sparsity'],
    [{ sparsity: { nowhere: 0.5 } }, 'prune/parameter'],
    [{ sparsity: 0.5, parameters: ['nowhere'] }, 'prune/parameter'],
    [{ sparsity: 0.5, parameters: [] }, 'prune/empty'],
    [{ sparsity: { 'dense-1.kernel': 0.5 }, scope: 'global' as const }, 'prune/sparsity'],
    [{ sparsity: 0.5, granularity: channel(2) }, 'prune/axis'],
  ])('refuses %j', (options, code) => {
    expect(() => pruneMagnitude(model, options)).toThrow(expect.objectContaining({ code }));
  });
});
