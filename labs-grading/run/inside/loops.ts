import { answerLoop, decode, encode, type LoopRequest, setThreadFolder, type Wire } from 'tinylab/grading';
import type { Incoming } from './port.ts';

/** Where the built library lies in every sandbox: a built program has no modules of threads beside it. */
const library = 'file:///lab/lib/dist/loops/';

/**
 * By the clock, three times what a notebook waits: several sandboxes may share a processor. CPU time is what a sandbox is really held to.
 */
const patience = { compileMs: 30_000, callMs: 15_000, countMs: 60_000 };

/** Tells loops of this process where their threads' modules are. */
export function prepareLoops(): void {
  setThreadFolder(new URL(library));
}

/** Answers calls of a student's loop. */
export async function askedLoop({ request }: Incoming): Promise<Wire> {
  prepareLoops();
  return encode(await answerLoop(decode(request) as LoopRequest, patience));
}
