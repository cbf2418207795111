import { compile } from '../../loops/compile/compile.ts';
import { count } from '../../loops/count/count.ts';
import type { Loop, LoopCall } from '../../loops/loop.ts';
import { run } from '../../loops/run/run.ts';
import { LabError } from '../../tensor/errors.ts';
import { counters, type LoopAnswer, type LoopReply, type LoopRequest } from './messages.ts';

/** How long work may take, by the clock. */
export interface LoopPatience {
  /** Milliseconds for compiling; default 10,000. */
  readonly compileMs?: number;
  /** Milliseconds for a call; default 5,000. */
  readonly callMs?: number;
  /** Milliseconds for a call that is counted; default 20,000. */
  readonly countMs?: number;
}

/** A thread that ends by itself does so over the text that it was given. An interrupt goes on to whoever made it. */
function threadError(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error) || error.name === 'AbortError') throw error;
  return { code: 'loops/thread', message: `The thread that works for loops ended by itself: ${error.message}` };
}

/** The last text and what became of it: questions ask several things of one loop. */
let last: { readonly source: string; readonly loop: Promise<Loop> } | undefined;

/**
 * Compiles a student's text and makes the calls, one after the other, each in a thread and a memory of its own. It stops at the first that goes wrong, and says
 * what that was.
 */
export async function answerLoop(request: LoopRequest, patience: LoopPatience = {}): Promise<LoopReply> {
  const { source, calls } = request;
  const answers: LoopAnswer[] = [];
  let compiled = false;
  try {
    if (last?.source !== source) last = { source, loop: compile(source, { deadlineMs: patience.compileMs ?? 10_000 }) };
    const loop = await last.loop;
    compiled = true;
    for (const call of calls) answers.push(await answerCall(loop, call, { ...patience, ...request }));
    return { answers };
  } catch (error) {
    // The next one may find the compiler at work again.
    if (!compiled) last = undefined;
    const { code, message } = error instanceof LabError ? error : threadError(error);
    return { error: { code, message, ...(compiled && { call: answers.length }) } };
  }
}

async function answerCall(
  loop: Loop,
  call: LoopCall,
  { caches, mostInstructions, callMs = 5_000, countMs = 20_000 }: LoopPatience & LoopRequest,
): Promise<LoopAnswer> {
  if (!caches) return run(loop, call, { deadlineMs: callMs, mostInstructions });
  const { outputs, misses, byArray, ...all } = await count(loop, call, { caches, deadlineMs: countMs, mostInstructions });
  const counts = Object.fromEntries(counters.map(name => [name, all[name]]));
  return { outputs, counts: { ...counts, misses, byArray } as LoopAnswer['counts'] & object };
}
