import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProgram } from '../../../../lib/deploy/check-program.ts';
import { reorderSteps } from '../../../../lib/deploy/plan/order.ts';
import { peakBytes } from '../../../../lib/deploy/plan/plan.ts';
import type { Program, Step } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { arbitraryProgram, randomInputs } from '../arbitrary-program.ts';
import { goldenTrials, hasNetworks, networkNames } from '../golden-networks.ts';
import { depthwiseChain } from './layers.ts';

/** Every order in which each step runs behind those that it reads from. */
function* orders(steps: readonly Step[], written: ReadonlySet<number>): Generator<readonly Step[]> {
  if (steps.length === 0) yield [];
  for (const step of steps) {
    if (!step.inputs.every(index => written.has(index))) continue;
    const rest = steps.filter(other => other !== step);
    for (const others of orders(rest, new Set([...written, ...step.outputs]))) yield [step, ...others];
  }
}

function leastPeak(program: Program, options = {}): number {
  const there = [-1, ...program.inputs, ...[...program.tensors.keys()].filter(index => program.tensors[index]?.data)];
  let least = Number.POSITIVE_INFINITY;
  for (const steps of orders(program.steps, new Set(there))) least = Math.min(least, peakBytes({ ...program, steps }, options));
  return least;
}

/** Steps that copy or join values of so many bytes, planned and never run; 'reshape' may write over what it reads. */
const arbitraryGraph = fc
  .record({
    sizes: fc.array(fc.constantFrom(1, 2, 4, 8, 16, 100), { minLength: 2, maxLength: 8 }),
    picks: fc.array(fc.tuple(fc.constantFrom('concat', 'reshape'), fc.array(fc.nat(), { minLength: 1, maxLength: 3 })), {
      minLength: 1,
      maxLength: 6,
    }),
    also: fc.nat(),
  })
  .map(({ sizes, picks, also }): Program => {
    const [x, y] = [0, 1];
    const steps = picks.map(
      ([op, reads], i): Step => ({ op, inputs: reads.map(pick => pick % (i + 2)), outputs: [i + 2], attributes: {} }),
    );
    const read = new Set(steps.flatMap(({ inputs }) => inputs));
    const outputs = steps.flatMap(({ outputs: [index] }) => (read.has(index as number) && index !== also % 8 ? [] : [index as number]));
    const tensors = Array.from({ length: picks.length + 2 }, (_, i) => ({
      name: `t${i}`,
      shape: [sizes[i % sizes.length] as number],
      type: 'int8' as const,
    }));
    return { name: 'graph', tensors, steps, inputs: [x, y], outputs };
  });

describe('the order of steps', () => {
  it('is one of the least peak: every order by brute force', () => {
    let better = 0;
    fc.assert(
      fc.property(arbitraryGraph, program => {
        const found = reorderSteps(program);
        expect(found).toMatchObject({ peak: leastPeak(program), optimal: true });
        expect(peakBytes(found.program)).toBe(found.peak);
        if (found.peak < peakBytes(program)) better++;
        else expect(found.program).toBe(program);
      }),
      { numRuns: 300 },
    );
    expect(better).toBeGreaterThan(10);
  });

  it('counts scratch and what is computed in place', () => {
    fc.assert(
      fc.property(arbitraryProgram, fc.nat(), ({ program }, seed) => {
        fc.pre(program.steps.length <= 6);
        const options = {
          inPlaceDepthwise: true,
          scratch: ({ op }: Step, _: number, inPlace: boolean) => (op.length * 7 + (inPlace ? 3 : 0)) % 40,
        };
        const found = reorderSteps(program, options);
        expect(found).toMatchObject({ peak: leastPeak(program, options), optimal: true });
        expect(peakBytes(found.program, options)).toBe(found.peak);
        assertProgram(found.program);
        const inputs = randomInputs(program, { seed });
        expect(runProgram(found.program, inputs)).toEqual(runProgram(program, inputs));
      }),
      { numRuns: 100 },
    );
  });

  it('of a chain stays', () => {
    const chain = depthwiseChain([1, 2, 3, 4].map(() => ({ size: 6, channels: 4 })));
    expect(reorderSteps(chain).program).toBe(chain);
    expect(reorderSteps(chain, { exactUpTo: 0 })).toMatchObject({ optimal: true });
  });

  /** Branches of a large value and a small one, all large ones first, and what joins them. */
  function branched(branches: number): Program {
    const tensors = [{ name: 'x', shape: [1], type: 'int8' as const }];
    const [large, small]: [Step[], Step[]] = [[], []];
    for (let i = 0; i < branches; i++) {
      tensors.push({ name: `l${i}`, shape: [100 + i], type: 'int8' }, { name: `s${i}`, shape: [1], type: 'int8' });
      large.push({ op: 'concat', inputs: [0], outputs: [2 * i + 1], attributes: {} });
      small.push({ op: 'concat', inputs: [2 * i + 1], outputs: [2 * i + 2], attributes: {} });
    }
    tensors.push({ name: 'y', shape: [branches], type: 'int8' });
    const last: Step = { op: 'concat', inputs: small.flatMap(({ outputs }) => outputs), outputs: [tensors.length - 1], attributes: {} };
    return { name: 'branches', tensors, steps: [...large, ...small, last], inputs: [0], outputs: [tensors.length - 1] };
  }

  it('of a long program is found where there are few sets to look at', () => {
    const program = branched(12);
    expect(peakBytes(program)).toBe(1 + 12 * 100 + 66);
    // one branch after the other, the largest first, beside the input and its own small value
    expect(reorderSteps(program)).toMatchObject({ peak: 113, optimal: true });
  });

  it('of a longer one is better than before, and said not to be proved', () => {
    const program = branched(40);
    const found = reorderSteps(program);
    expect(found.optimal).toBe(false);
    expect(found.peak).toBeLessThan(200);
    expect(peakBytes(found.program)).toBe(found.peak);
    const endless = branched(1000);
    expect(reorderSteps(endless)).toEqual({ program: endless, peak: peakBytes(endless), optimal: false });
    expect(
      reorderSteps(depthwiseChain(Array.from({ length: 1500 }, () => ({ size: 1, channels: 1, kernel: 1, padding: 0 })))),
    ).toMatchObject({ optimal: true });
  });

  it('refuses numbers of steps that are none', () => {
    const chain = depthwiseChain([{ size: 6, channels: 4 }]);
    for (const exactUpTo of [-1, 2.5, 25, Number.NaN]) expect(() => reorderSteps(chain, { exactUpTo })).toThrow(/0 to 24/);
  });
});

describe.skipIf(!hasNetworks)('networks of others (skipped where ../shared/golden is not there)', () => {
  for (const name of networkNames)
    it(`${name} is in the best order already`, () => {
      const [{ program }] = goldenTrials(name) as [ReturnType<typeof goldenTrials>[number]];
      expect(reorderSteps(program)).toEqual({ program, peak: peakBytes(program), optimal: true });
    });
});
