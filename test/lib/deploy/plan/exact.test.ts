import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuseProgram } from '../../../../lib/deploy/fuse/fuse.ts';
import { arenaBytes, exactPlacement } from '../../../../lib/deploy/plan/exact.ts';
import { apart, bytesBelow, mostAtOnce, type Placeable } from '../../../../lib/deploy/plan/placeable.ts';
import { planMemory } from '../../../../lib/deploy/plan/plan.ts';
import { greedyBySize, greedyByTime, linear } from '../../../../lib/deploy/plan/strategies.ts';
import type { Elements } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { arbitraryProgram, randomInputs } from '../arbitrary-program.ts';
import { goldenTrials, hasNetworks, networkNames } from '../golden-networks.ts';
import { runInArena } from './arena.ts';

const arbitraryBuffer: fc.Arbitrary<Placeable> = fc
  .record({
    bytes: fc.integer({ min: 0, max: 6 }),
    from: fc.integer({ min: 0, max: 6 }),
    length: fc.integer({ min: 0, max: 4 }),
    less: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ bytes, from, length, less }) => ({
    bytes,
    from,
    to: from + length,
    ...(less < bytes ? { shrinks: [{ from: from + 1, bytes: less }] } : {}),
  }));

/** The smallest arena by trying every place of every buffer. */
function smallest(buffers: readonly Placeable[]): number {
  const free = (offsets: readonly number[], i: number): boolean =>
    offsets.slice(0, i).every((at, j) => {
      const [a, b] = [buffers[j], buffers[i]] as [Placeable, Placeable];
      const other = offsets[i] as number;
      return !apart(a, b) || other >= at + bytesBelow(a, b) || at >= other + bytesBelow(b, a);
    });
  const holds = (offsets: readonly number[], bytes: number): boolean => {
    const i = offsets.length;
    if (i === buffers.length) return true;
    for (let at = 0; at + (buffers[i] as Placeable).bytes <= bytes; at++) {
      const more = [...offsets, at];
      if (free(more, i) && holds(more, bytes)) return true;
    }
    return false;
  };
  let bytes = mostAtOnce(buffers);
  while (!holds([], bytes)) bytes++;
  return bytes;
}

describe('the exact placement', () => {
  it('is the smallest: every place by brute force', () => {
    let above = 0;
    fc.assert(
      fc.property(fc.array(arbitraryBuffer, { maxLength: 6 }), buffers => {
        const { offsets, optimal } = exactPlacement(buffers);
        expect([arenaBytes(buffers, offsets), optimal]).toEqual([smallest(buffers), true]);
        if (arenaBytes(buffers, greedyBySize(buffers)) > arenaBytes(buffers, offsets)) above++;
      }),
      { numRuns: 400 },
    );
    expect(above).toBeGreaterThan(2);
  });

  it('of a puzzle that no gap-filling solves is the lower bound, or proved to be above it', () => {
    // four that fit only side by side in two columns of different cuts
    const fits: Placeable[] = [
      { bytes: 3, from: 0, to: 1 },
      { bytes: 2, from: 0, to: 0 },
      { bytes: 2, from: 1, to: 3 },
      { bytes: 3, from: 2, to: 3 },
    ];
    expect(exactPlacement(fits)).toMatchObject({ optimal: true });
    expect(arenaBytes(fits, exactPlacement(fits).offsets)).toBe(5);
  });

  it('says when it ended before its proof, and is never above the others', () => {
    fc.assert(
      fc.property(fc.array(arbitraryBuffer, { maxLength: 25 }), fc.constantFrom(0, 2, 30, 500), (buffers, nodes) => {
        const { offsets, optimal } = exactPlacement(buffers, { nodes });
        const bytes = arenaBytes(buffers, offsets);
        for (const strategy of [linear, greedyBySize, greedyByTime])
          expect(bytes).toBeLessThanOrEqual(arenaBytes(buffers, strategy(buffers)));
        if (bytes === mostAtOnce(buffers)) expect(optimal).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('is a plan of a program, which gives the same in its arena', () => {
    fc.assert(
      fc.property(arbitraryProgram, fc.nat(), fc.boolean(), ({ program }, seed, inPlaceDepthwise) => {
        fc.pre(program.tensors.every(({ type, data }) => data || type !== 'int4'));
        const plan = planMemory(program, { strategy: exactPlacement, inPlaceDepthwise });
        expect(plan.bytes).toBeGreaterThanOrEqual(plan.lowerBound);
        expect(plan.bytes).toBeLessThanOrEqual(planMemory(program, { inPlaceDepthwise }).bytes);
        const inputs = randomInputs(program, { seed });
        expect(runInArena(program, inputs, plan)).toEqual(runProgram(program, inputs).outputs as Elements[]);
      }),
      { numRuns: 100 },
    );
  });
});

describe.skipIf(!hasNetworks)('networks of others (skipped where ../shared/golden is not there)', () => {
  for (const name of networkNames)
    for (const inPlaceDepthwise of [false, true])
      it(`${name}${inPlaceDepthwise ? ', in place' : ''}: as small as can be, and gives what LiteRT gives`, () => {
        const [{ program, inputs, expected }] = goldenTrials(name) as [ReturnType<typeof goldenTrials>[number]];
        const fused = fuseProgram(program);
        const plan = planMemory(fused, { strategy: exactPlacement, inPlaceDepthwise });
        expect([plan.bytes, plan.optimal]).toEqual([plan.lowerBound, true]);
        expect(runInArena(fused, inputs, plan)).toEqual(expected);
      });
});
