import { type CacheShape, smallCache } from '../../measure/cache.ts';
import type { Loop, LoopCall } from '../loop.ts';
import { endless, run } from '../run/run.ts';
import { Thread } from '../thread.ts';
import type { LoopCounts } from './counts.ts';
import type { CountRequest } from './worker.ts';

/** What is counted besides. */
export interface CountOptions {
  /** Levels of caches, the first one first; lines have the length of the first level's. Default: 8 KB, lines of 32 bytes, 4 ways. */
  readonly caches?: readonly CacheShape[];
  /** Whether the accesses are kept in their order; default false. */
  readonly trace?: boolean;
  /** Milliseconds; default 20,000: counting takes about 30 times as long as running. */
  readonly deadlineMs?: number;
  /** The most instructions that the call may do. Where they are not said, it is called once without counting and must come to its end within 2.5 s. */
  readonly mostInstructions?: number | undefined;
}

const endsWithinMs = 2500;
const thread = new Thread('count/worker');

/**
 * Calls a loop once and counts what it does: instructions, loads, stores, bytes, products, tests, and the misses of simulated caches. The module itself is
 * rewritten to count, so what is counted is what runs; the numbers are the same on every machine.
 * @throws LabError `loops/endless` and the others of `run`; `measure/cache` for a cache whose lines do not fill its sets.
 * @example
 * const loop = await loops.compile('export function twice(a: F32s, n: i32): void { for (let i = 0; i < n; i++) a[i] *= 2; }');
 * const { loads, stores, multiplies } = await loops.count(loop, { args: [{ name: 'a', data: new Float32Array(8), use: 'inout' }, 8] });
 * [loads, stores, multiplies]; // → [8, 8, 8]
 */
export async function count(loop: Loop, call: LoopCall, options: CountOptions = {}): Promise<LoopCounts> {
  const { caches = [smallCache], trace = false, deadlineMs = 20_000, mostInstructions } = options;
  // Counting is slow: whether the loop ends at all is seen without it.
  const once = mostInstructions === undefined ? Math.min(deadlineMs, endsWithinMs) : deadlineMs;
  await run(loop, call, { deadlineMs: once, mostInstructions });
  return thread.ask<LoopCounts>({ loop, call, caches, trace } satisfies CountRequest, { deadlineMs, late: endless(deadlineMs) });
}
