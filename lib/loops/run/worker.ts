import type { Loop, LoopCall } from '../loop.ts';
import { answering } from '../thread.ts';
import { openLoop } from './call.ts';

/** What the running thread is asked: the same loop once for each call, in one memory. */
export interface RunRequest {
  readonly loop: Loop;
  readonly calls: readonly LoopCall[];
}

answering<RunRequest>(({ loop, calls }) => {
  const [first] = calls;
  if (!first) return [];
  const open = openLoop(loop, first);
  return calls.map(call => open.call(call));
});
