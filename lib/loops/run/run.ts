import { LabError } from '../../tensor/errors.ts';
import { assertLoop } from '../assert-loop.ts';
import type { Loop, LoopCall, LoopResult } from '../loop.ts';
import { Thread } from '../thread.ts';
import { assertCall } from './assert-call.ts';
import type { RunRequest } from './worker.ts';

/** How long a call may take. */
export interface RunLoopOptions {
  /** Milliseconds; default 2,500. */
  readonly deadlineMs?: number;
  /** The most instructions that the call may do, counted as `loops.count` does, and one more for each 16 bytes that are copied or filled at once; by default only time is looked at. */
  readonly mostInstructions?: number | undefined;
}

const thread = new Thread('run/worker');

/** The error of a loop that did not end in time. */
export const endless = (deadlineMs: number) => (): LabError =>
  new LabError(
    'loops/endless',
    `The loop ran longer than ${deadlineMs / 1000} s and was ended.`,
    'Does each loop reach its end? Look at what is added to its index, and at the condition.',
  );

/**
 * Calls a loop once, in a thread and a memory of its own. Arrays lie at multiples of 64 bytes; whatever is not input is poison before the call, and bytes
 * outside of the outputs are compared after it.
 * @throws LabError `loops/call` for a call that does not fit; `loops/endless`, `loops/trap`, `loops/out-of-bounds`, `loops/changed-input`.
 * @example
 * const twice = await loops.compile('export function twice(a: F32s, n: i32): void { for (let i = 0; i < n; i++) a[i] *= 2; }');
 * const call = { args: [{ name: 'a', data: Float32Array.of(1, 2), use: 'inout' }, 2] };
 * (await loops.run(twice, call)).outputs.a; // → Float32Array.of(2, 4)
 */
export async function run(loop: Loop, call: LoopCall, options: RunLoopOptions = {}): Promise<LoopResult> {
  const { deadlineMs = 2500, mostInstructions: most } = options;
  assertLoop(loop);
  assertCall(call);
  if (most !== undefined && !(Number.isSafeInteger(most) && most > 0))
    throw new LabError(
      'loops/call',
      `A call may do a whole number of instructions, at least 1; got ${most}.`,
      'Leave mostInstructions out.',
    );
  const [result] = await thread.ask<[LoopResult]>({ loop, calls: [call], most } satisfies RunRequest, {
    deadlineMs,
    late: endless(deadlineMs),
  });
  return result;
}
