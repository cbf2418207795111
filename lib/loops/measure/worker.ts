import { performance } from 'node:perf_hooks';
import type { Loop, LoopCall, LoopResult } from '../loop.ts';
import { type OpenLoop, openLoop } from '../run/call.ts';
import { answering } from '../thread.ts';

/** What the timing thread is asked: one call of a loop that stays open under its name. */
export interface TimeRequest {
  readonly name: string;
  /** Opens it anew; without it the one that is open is called. */
  readonly loop?: Loop;
  readonly call: LoopCall;
}

/** A call with its time. */
export interface TimedResult extends LoopResult {
  readonly milliseconds: number;
}

const open = new Map<string, { readonly loop: OpenLoop; milliseconds: number }>();
// Taken before any loop runs; WebAssembly imports nothing and could not reach it anyway.
const now = performance.now.bind(performance);

answering<TimeRequest>(({ name, loop, call }): TimedResult => {
  if (loop) {
    const timed = {
      milliseconds: 0,
      loop: openLoop(loop, call, {
        around: run => {
          const start = now();
          const value = run();
          timed.milliseconds = now() - start;
          return value;
        },
      }),
    };
    open.set(name, timed);
  }
  const found = open.get(name) as { readonly loop: OpenLoop; milliseconds: number };
  const result = found.loop.call(call);
  return { ...result, milliseconds: found.milliseconds };
});
