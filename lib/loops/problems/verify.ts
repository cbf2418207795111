import type { Loop, LoopData } from '../loop.ts';
import { run } from '../run/run.ts';
import { callLimits, expected, type LoopProblem } from './problem.ts';

/** Whether a loop solves a problem, and where it does not. */
export interface LoopVerdict {
  readonly right: boolean;
  /** The first wrong element, how many there are, and what they were to be. */
  readonly wrong?: { readonly index: number; readonly count: number; readonly expected: number; readonly got: number };
}

/**
 * Runs a loop on fresh inputs and compares every element exactly. NaN is equal to nothing.
 * @throws LabError `loops/endless` and the others of `run`.
 */
export async function verify(
  loop: Loop,
  problem: LoopProblem,
  { seeds = [1, 2] }: { readonly seeds?: readonly number[] } = {},
): Promise<LoopVerdict> {
  for (const seed of seeds) {
    const call = problem.call(seed);
    const { outputs } = await run(loop, call, callLimits(problem));
    const verdict = compared(outputs[problem.output] as LoopData, expected(problem, call));
    if (!verdict.right) return verdict;
  }
  return { right: true };
}

/** Compares what came with what was expected. */
export function compared(got: LoopData, wanted: LoopData): LoopVerdict {
  let [index, count] = [-1, 0];
  for (let i = 0; i < wanted.length; i++) {
    if (got[i] === wanted[i]) continue;
    if (count++ === 0) index = i;
  }
  return count === 0
    ? { right: true }
    : { right: false, wrong: { index, count, expected: wanted[index] as number, got: got[index] as number } };
}
