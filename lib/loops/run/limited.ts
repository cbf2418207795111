import { LabError } from '../../tensor/errors.ts';
import type { Loop, LoopCall } from '../loop.ts';
import { instructionsLeft, limit } from '../wasm/limit.ts';
import { type OpenLoop, openLoop } from './call.ts';

/**
 * A loop that is ended once a call has done more than `most` instructions, wherever it runs and however busy the machine is.
 * @throws LabError `loops/endless` in its calls.
 */
export function openLimited(loop: Loop, like: LoopCall, most: number): OpenLoop {
  const open = openLoop(loop, like, { rewritten: limit(loop.binary) });
  const left = open.exports[instructionsLeft] as { value: bigint };
  return {
    ...open,
    call(call) {
      left.value = BigInt(most);
      try {
        return open.call(call);
      } catch (error) {
        if (left.value >= 0n || (error as LabError).code !== 'loops/trap') throw error;
        throw new LabError(
          'loops/endless',
          `The loop was ended after ${most.toLocaleString('en-US')} instructions, many times what this call needs: does it never end?`,
          'Does each loop reach its end? Look at what is added to its index, and at the condition.',
        );
      }
    },
  };
}
