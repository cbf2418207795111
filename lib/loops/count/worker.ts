import type { CacheShape } from '../../measure/cache.ts';
import type { Loop, LoopCall } from '../loop.ts';
import { openLoop } from '../run/call.ts';
import { answering } from '../thread.ts';
import { counter, instrument } from '../wasm/instrument.ts';
import type { CountedBlock } from '../wasm/rewrite-function.ts';
import { Accesses } from './accesses.ts';
import type { AccessCounts, LoopCounts } from './counts.ts';

/** What the counting thread is asked. */
export interface CountRequest {
  readonly loop: Loop;
  readonly call: LoopCall;
  readonly caches: readonly CacheShape[];
  readonly trace: boolean;
}

answering<CountRequest>(({ loop, call, caches, trace }): LoopCounts => {
  const { binary, blocks, sites } = instrument(loop.binary);
  const accesses = new Accesses(caches, trace);
  accesses.sites = sites;
  const open = openLoop(loop, call, {
    rewritten: binary,
    imports: accesses.imports,
    laidOut: layout => accesses.begin(layout),
  });
  const { outputs } = open.call(call);
  const runs = blocks.map((_, i) => Number((open.exports[counter(i)] as { value: bigint }).value));
  const sum = (what: keyof CountedBlock): number => blocks.reduce((total, block, i) => total + block[what] * (runs[i] as number), 0);
  const byArray = accesses.byArray();
  const traced = accesses.trace();
  return {
    ...totals(Object.values(byArray), caches.length),
    instructions: sum('instructions'),
    multiplies: sum('multiplies'),
    scalarMultiplies: sum('scalarMultiplies'),
    branches: sum('branches'),
    calls: sum('calls'),
    byArray,
    outputs,
    ...(traced && { trace: traced }),
  };
});

function totals(parts: readonly AccessCounts[], levels: number): AccessCounts {
  const sum = (of: (part: AccessCounts) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    loads: sum(({ loads }) => loads),
    stores: sum(({ stores }) => stores),
    bytesRead: sum(({ bytesRead }) => bytesRead),
    bytesWritten: sum(({ bytesWritten }) => bytesWritten),
    misses: Array.from({ length: levels }, (_, level) => sum(({ misses }) => misses[level] as number)),
  };
}
