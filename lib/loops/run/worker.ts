import type { Loop, LoopCall } from '../loop.ts';
import { answering } from '../thread.ts';
import { openLoop } from './call.ts';
import { openLimited } from './limited.ts';

/** What the running thread is asked: the same loop once for each call, in one memory. */
export interface RunRequest {
  readonly loop: Loop;
  readonly calls: readonly LoopCall[];
  /** The most instructions that a call may do; by default nobody counts them. */
  readonly most?: number | undefined;
}

answering<RunRequest>(({ loop, calls, most }) => {
  const [first] = calls;
  if (!first) return [];
  const open = most === undefined ? openLoop(loop, first) : openLimited(loop, first, most);
  return calls.map(call => open.call(call));
});
