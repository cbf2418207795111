import type { Budget } from './budget.ts';
import type { Deliverables } from './deliverables.ts';
import type { NotebookRun } from './notebook-run.ts';

/** What grading one notebook took. */
export interface ResourceUse {
  readonly cpuMs: number;
  readonly compileCpuMs: number;
  readonly peakBytes: number;
  readonly sandboxes: number;
  /** By the clock, from the first cell to the last question; older reports do not say. */
  readonly wallMs?: number;
  /** Of that, what its sandboxes were asked something and did not work. */
  readonly idleMs?: number;
}

/** What one pass over a submission used. */
export interface Pass {
  /** The run that scores the student's own answers, then those with `staff`. */
  readonly runs: readonly NotebookRun[];
  readonly handedIn: Deliverables;
  readonly compileCpuMs: number;
  readonly budget: Budget;
}

export const noUse: ResourceUse = { cpuMs: 0, compileCpuMs: 0, peakBytes: 0, sandboxes: 0 };

export function useOf({ runs, handedIn, compileCpuMs, budget }: Pass): ResourceUse {
  const { wallMs, idleMs } = budget.use;
  const all = runs.map(({ use }) => use);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    cpuMs: sum(all.map(({ cpuMs }) => cpuMs)) + handedIn.cpuMs,
    compileCpuMs,
    peakBytes: Math.max(...all.map(({ peakBytes }) => peakBytes)),
    sandboxes: sum(all.map(({ sandboxes }) => sandboxes)),
    wallMs: Math.round(wallMs),
    idleMs: Math.round(idleMs),
  };
}
