// BENCH_CLOCK=processor BENCH_THREADS=1 compares on a busy machine: processor time, and no thread that waits for another one's turn.

/** How many threads each side has: two, or what BENCH_THREADS says. */
export const threads: string = process.env.BENCH_THREADS ?? '2';

const byProcessor = process.env.BENCH_CLOCK === 'processor';

/** Milliseconds of the clock, or of this process's processor time where BENCH_CLOCK says `processor`; peers read it too. */
export function milliseconds(): number {
  if (!byProcessor) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What stands behind a benchmark's name when that was not the plain clock or two threads. */
export const conditions: string = `${threads === '2' ? '' : `, ${threads} thread(s)`}${byProcessor ? ', processor time' : ''}`;
