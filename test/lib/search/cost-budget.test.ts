import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelSpace, weightSpace } from '../../../lib/compress/prune/allocation/pruning-space.ts';
import { pruneChannels } from '../../../lib/compress/prune/channels/prune-channels.ts';
import { pruneMagnitude } from '../../../lib/compress/prune/magnitude.ts';
import { macs } from '../../../lib/measure/macs.ts';
import { sparsity } from '../../../lib/measure/sparsity.ts';
import type { Model } from '../../../lib/model/model.ts';
import { projectToBudget } from '../../../lib/search/cost-budget.ts';
import { ratiosOf } from '../../../lib/search/kept.ts';
import { planted } from '../compress/prune/allocation/planted.ts';

const space = channelSpace()(planted);
const names = Object.keys(space.units);
const weightsLeft = (model: Model): number =>
  Object.values(model.parameters).reduce(
    (sum, { value }) => sum + (value.shape.length > 1 ? value.data.filter((w: number) => w !== 0).length : 0),
    0,
  );

describe('projection onto a budget', () => {
  it('stays within it, and no part could keep one unit more', async () => {
    // equal ratios are frequent: then layers move together, and much is left over to give back
    const ratio = fc.constantFrom(0, 0.2, 0.5, 0.5, 0.9);
    await fc.assert(
      fc.asyncProperty(fc.tuple(ratio, ratio, ratio), fc.double({ min: 0.2, max: 1, noNaN: true }), async (ratios, share) => {
        const budget = share * macs(planted);
        const kept = await projectToBudget(space, Object.fromEntries(names.map((name, i) => [name, ratios[i] as number])), {
          cost: macs,
          budget,
        });
        expect(macs(space.keep(kept))).toBeLessThanOrEqual(budget);
        for (const name of names) {
          const count = kept[name] as number;
          expect(count).toBeGreaterThanOrEqual(Math.round(24 * 0.2));
          if (count < 24) expect(macs(space.keep({ ...kept, [name]: count + 1 }))).toBeGreaterThan(budget);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives ratios that pruneChannels takes', async () => {
    const kept = await projectToBudget(space, { [names[0] as string]: 0.5 }, { cost: macs, budget: 0.6 * macs(planted) });
    expect(pruneChannels(planted, { ratio: ratiosOf(space, kept) })).toEqual(space.keep(kept));
  });

  it('works on weights, of a model that is sparse already', async () => {
    const sparse = pruneMagnitude(planted, { sparsity: 0.3 });
    const weights = weightSpace()(sparse);
    const kept = await projectToBudget(weights, {}, { cost: weightsLeft, budget: 500 });
    expect(weightsLeft(weights.keep(kept))).toBeLessThanOrEqual(500);
    expect(sparsity(weights.keep(kept))).toBeGreaterThan(0.5);
    const empty = pruneMagnitude(planted, { sparsity: { 'dense-1.kernel': 1 } });
    expect(Object.keys(weightSpace()(empty).units)).not.toContain('dense-1.kernel');
  });

  it('refuses what no ratio reaches, and ratios that are none', async () => {
    await expect(projectToBudget(space, {}, { cost: macs, budget: 10 })).rejects.toMatchObject({ code: 'prune/budget' });
    await expect(projectToBudget(space, {}, { cost: macs, budget: 500, maximum: 1 })).rejects.toMatchObject({ code: 'prune/maximum' });
    await expect(projectToBudget(space, { none: 0.5 }, { cost: macs, budget: 500 })).rejects.toMatchObject({ code: 'prune/part' });
    await expect(projectToBudget(space, { 'dense-1': 2 }, { cost: macs, budget: 500 })).rejects.toMatchObject({ code: 'prune/sparsity' });
  });
});
