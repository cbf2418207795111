import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const { setTimeout: later } = globalThis;

/** The kernel tidies up when no cell has run for this long. */
const quietMs = 1000;

/** Collecting a large heap takes a while, so it is worth it only when much was allocated since the last time. */
const worthwhileBytes = 24e6;

/** Larger heaps hold what the cells made. Collecting them would take too long. */
const largestBytes = 400e6;

export interface Rest {
  /** A cell has ended. */
  soon(): void;
  /** A cell came. */
  drop(): void;
}

/**
 * What is done between cells: compiled code is kept for the next kernels, even if this one is killed, and the memory that loading and
 * checking a library took for a moment is given back.
 */
export function createRest(onWork: (work: 'kernel' | 'none') => void): Rest {
  let timer: NodeJS.Timeout | undefined;
  let before = 0;
  let collect: (() => void) | undefined;
  const tidyUp = () => {
    flushCompileCache();
    const { heapUsed } = process.memoryUsage();
    if (heapUsed - before < worthwhileBytes || heapUsed > largestBytes) return;
    collect ??= collector();
    collect();
    before = process.memoryUsage().heapUsed;
  };
  const rest = () => {
    onWork('kernel');
    tidyUp();
    onWork('none');
  };
  return {
    soon() {
      clearTimeout(timer);
      timer = later(rest, quietMs);
    },
    drop: () => clearTimeout(timer),
  };
}

/** The collection that gives the most back to the system. Node hands it out by a flag only, and cells need not see it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: NodeJS.GCFunction = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
