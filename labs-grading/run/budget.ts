import type { Limits } from './limits.ts';

/** Time that a piece of work took, in milliseconds. */
export interface Spent {
  /** By the clock. */
  readonly wallMs: number;
  /** Of CPUs, all threads together. */
  readonly cpuMs: number;
}

const nothing: Spent = { wallMs: 0, cpuMs: 0 };

/**
 * What one submission may take in all, by the clock: from its first cell to its last question, and of that without working. Limits of single
 * cells and calls leave room for hundreds of naps; these do not. Time that its sandboxes wait for us counts as neither.
 */
export class Budget {
  readonly #start = performance.now();
  readonly #limits: Pick<Limits, 'submissionWallMs' | 'submissionIdleMs'>;
  readonly #factor: number;
  #cpuMs = 0;
  #idleMs = 0;
  #over: string | undefined;

  /** `factor` stretches both, where the work behind `deliver` is run too. */
  constructor(limits: Pick<Limits, 'submissionWallMs' | 'submissionIdleMs'>, factor = 1) {
    this.#limits = limits;
    this.#factor = factor;
  }

  /** Why nothing more is asked of the submission; undefined while there is something left. */
  get over(): string | undefined {
    return this.#over;
  }

  /** By the clock since the beginning, and of that what its sandboxes did not work, in milliseconds. */
  get use(): { readonly wallMs: number; readonly idleMs: number } {
    return { wallMs: performance.now() - this.#start, idleMs: this.#idleMs };
  }

  /** Whether it is used up, `now` being what the request under way has taken so far. Once it is, it stays so. */
  isOver(now: Spent = nothing): boolean {
    const wallMs = performance.now() - this.#start;
    const cpuMs = this.#cpuMs + now.cpuMs;
    const idleMs = this.#idleMs + idle(now);
    const [wallLimit, idleLimit] = [this.#limits.submissionWallMs * this.#factor, this.#limits.submissionIdleMs * this.#factor];
    const took = `${duration(wallMs)} by the clock and ${duration(cpuMs)} of CPU time`;
    if (wallMs > wallLimit) this.#over ??= `Stopped after ${took}: a submission may take ${duration(wallLimit)}.`;
    else if (idleMs > idleLimit)
      this.#over ??= `Stopped after ${took}: it waited for ${duration(idleMs)} without working, and may for ${duration(idleLimit)}.`;
    return this.#over !== undefined;
  }

  /** Takes what a request cost off what is left. */
  spend(spent: Spent): void {
    this.#cpuMs += spent.cpuMs;
    this.#idleMs += idle(spent);
    this.isOver();
  }
}

/** Several threads use more CPU time than the clock shows; that is no credit for later naps. */
const idle = ({ wallMs, cpuMs }: Spent): number => Math.max(0, wallMs - cpuMs);

/** A length of time in words, such as `2.5 s` or `31 min`. */
function duration(ms: number): string {
  if (ms < 99_500) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
