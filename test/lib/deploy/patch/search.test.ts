import { describe, expect, it } from 'vitest';
import { withoutPads } from '../../../../lib/deploy/fast/pads.ts';
import { readTflite } from '../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import { type PatchTrial, searchPatches } from '../../../../lib/deploy/patch/search.ts';
import { peakBytes, planMemory } from '../../../../lib/deploy/plan/plan.ts';
import { fileOf, thereAreNetworks } from '../formats/tflite/networks.ts';
import { chain } from './programs.ts';

const funnel = chain([12, 12, 2], [{ channels: 12 }, { channels: 12, stride: 2 }, { channels: 12, stride: 2 }, { channels: 4 }]);

describe('a search for patches', () => {
  it('tries every split and every number of patches, and finds what trying them by hand finds', async () => {
    const { best, plain, trials, program } = await searchPatches(funnel, { patches: 3, most: 4 });
    // 9 - 1 ways to cut 4 stages, and none at all
    expect(trials).toHaveLength(1 + 4 * 8);
    expect(plain).toEqual({ steps: 0, rows: 1, columns: 1, bytes: peakBytes(funnel), macs: plain.macs, overhead: 1 });
    for (const { steps, rows, columns, bytes } of trials)
      if (steps > 0) expect(bytes).toBe(peakBytes(patchProgram(funnel, { steps, rows, columns })));
    const least = Math.min(...trials.filter(({ overhead }) => overhead <= 4).map(({ bytes }) => bytes));
    expect([best.bytes, peakBytes(program)]).toEqual([least, least]);
    expect(least).toBeLessThan(plain.bytes / 1.5);
  });

  it('keeps to the most multiply-accumulates, and to none where patches bring nothing', async () => {
    const free = await searchPatches(funnel, { patches: 3, most: 4 });
    // of those with as few bytes it was the one with the fewest
    const tight = await searchPatches(funnel, { patches: 3, most: free.best.overhead - 1e-9 });
    expect(tight.best.overhead).toBeLessThan(free.best.overhead);
    expect(tight.best.bytes).toBeGreaterThan(free.best.bytes);
    expect(await searchPatches(funnel, { most: 1 })).toMatchObject({ best: { overhead: 1 } });
    const small = chain([4, 4, 4], [{ channels: 1 }]);
    expect((await searchPatches(small)).program).toBe(small);
  });

  it('tells what it tries, measures with what it is given, looks where it is told, and stops', async () => {
    const seen: (PatchTrial & { progress: string })[] = [];
    const bytes = (program: Parameters<typeof planMemory>[0]): number => planMemory(program).bytes;
    const { best, trials, program } = await searchPatches(funnel, {
      splits: [2],
      patches: 2,
      bytes,
      onTrial: (trial, done, count) => seen.push({ ...trial, progress: `${done}/${count}` }),
    });
    expect(seen.map(({ steps, rows, columns }) => [steps, rows, columns])).toEqual([
      [2, 1, 2],
      [2, 2, 1],
      [2, 2, 2],
    ]);
    expect(seen.map(({ progress }) => progress)).toEqual(['1/3', '2/3', '3/3']);
    expect(trials).toHaveLength(4);
    expect(planMemory(program).bytes).toBe(best.bytes);
    await expect(searchPatches(funnel, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'train/interrupted' });
  });

  it('refuses what is no number of patches, no overhead and no split', async () => {
    for (const options of [{ patches: 0 }, { patches: 1.5 }, { most: 0.9 }, { most: Number.NaN }, { splits: [9] }])
      await expect(searchPatches(funnel, options)).rejects.toMatchObject({ code: 'deploy/patch' });
  });
});

describe.skipIf(!thereAreNetworks)('patches of mcunet-vww1 (skipped without ../shared/golden/tflite)', () => {
  it('halve its peak, at an early split; others need more than none', async () => {
    const read = readTflite(fileOf('mcunet-vww1-int8'));
    // from the integers of the image on, borders in the convolutions
    const program = withoutPads({ ...read, inputs: read.steps[0]?.outputs ?? [], steps: read.steps.slice(1) });
    const { best, plain, trials } = await searchPatches(program, { patches: 4 });
    const of = (steps: number, rows: number): PatchTrial | undefined =>
      trials.find(trial => trial.steps === steps && trial.rows === rows && trial.columns === rows);
    expect(plain.bytes).toBe(96_000);
    // what MIT's TinyEngine reaches with 3 × 3 patches and split 6
    expect([best.steps, best.rows, best.columns, best.bytes]).toEqual([6, 2, 3, 44_800]);
    expect(best.overhead).toBeCloseTo(1.021, 3);
    expect(of(6, 3)).toMatchObject({ bytes: 44_800, macs: 11_909_312 });
    expect([2, 3, 4].map(rows => of(4, rows)?.bytes)).toEqual([118_400, 106_192, 101_600]);
    expect(trials.filter(({ bytes }) => bytes > plain.bytes).length).toBeGreaterThan(trials.length / 4);
  });
});
