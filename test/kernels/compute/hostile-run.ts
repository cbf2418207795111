// Run by hostile.test.ts and `npm run test:native` in a process of its own: hostile-run.ts SEED COUNT. The last line names the call at which a crash ended it.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostileCall, OwnError } from './hostile.ts';

const compute = createRequire(import.meta.url)('@tinylab/compute') as Record<string, (...values: readonly unknown[]) => unknown>;
const [seed, count] = process.argv.slice(2).map(Number) as [number, number];
const told: Record<string, number> = {};

for (let i = seed; i < seed + count; i++) {
  const { kernel, values, spoiled, isIntact } = hostileCall(i);
  const what = `call ${i}, ${kernel}: ${spoiled.join('; ') || 'good'}`;
  writeSync(1, `${what}\n`);
  const began = performance.now();
  const code = outcome(() => compute[kernel]?.(...values));
  if (code === undefined) throw new Error(`${what}: an error without a name`);
  if (spoiled.length === 0 && code !== 'well') throw new Error(`${what}: ${code}`);
  if (!isIntact()) throw new Error(`${what}: written beside an array`);
  if (performance.now() - began > 20_000) throw new Error(`${what}: took ${performance.now() - began} ms`);
  told[code] = (told[code] ?? 0) + 1;
}
writeSync(1, `${JSON.stringify(told)}\n`);

/** How a call ended: well, with an error of the binding (its code), or with one of the caller's own; undefined for anything else. */
function outcome(call: () => unknown): string | undefined {
  try {
    call();
    return 'well';
  } catch (error) {
    if (error instanceof OwnError) return 'own';
    const { code, message } = error as { code?: unknown; message?: unknown };
    return typeof code === 'string' && code.startsWith('compute/') && message ? code : undefined;
  }
}
