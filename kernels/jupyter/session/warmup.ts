import type { CellCompiler } from '../compile.ts';
import { loadTypeScript } from '../compiler/tslab.ts';

const { setTimeout: later } = globalThis;

/** Pause after the last request before the compiler is made ready: a client that is just connecting asks several things. */
const quietMs = 30;

export interface Warmup {
  /** Another request came: begin when it is quiet again. */
  soon(): void;
  /** A cell came, and makes the compiler ready itself. */
  drop(): void;
}

/**
 * Makes the compiler ready in the background, once the first client has its first answer. It takes about a second of this
 * thread, which the first cell would have to spend otherwise.
 */
export function createWarmup(compiler: CellCompiler, onWork: (work: 'kernel' | 'none') => void): Warmup {
  let timer: NodeJS.Timeout | undefined;
  let started = false;
  const load = () => {
    started = true;
    onWork('kernel');
    loadTypeScript();
    compiler.convert('', 'const ready: boolean = true; ready');
    onWork('none');
  };
  return {
    drop() {
      started = true;
      clearTimeout(timer);
    },
    soon() {
      if (started) return;
      clearTimeout(timer);
      timer = later(load, quietMs);
    },
  };
}
