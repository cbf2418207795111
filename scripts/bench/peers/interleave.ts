import type { Sample } from '../result.ts';

/** One run of a contender, in milliseconds. */
export type Contender = () => Promise<number>;

/**
 * Measures contenders alternately, so that a slow phase of the machine meets all of them: `warm` uncounted runs each, then `rounds` rounds.
 * A contender that throws is left out and reported through `log`.
 */
export async function interleave(
  contenders: Readonly<Record<string, Contender>>,
  { warm, rounds, log }: { warm: number; rounds: number; log: (line: string) => void },
): Promise<Record<string, Sample>> {
  const times = new Map(Object.keys(contenders).map(name => [name, [] as number[]]));
  for (let round = -warm; round < rounds; round++) {
    for (const [name, taken] of times) {
      try {
        const milliseconds = await (contenders[name] as Contender)();
        if (round >= 0) taken.push(milliseconds);
      } catch (error) {
        log(`${name} left out: ${error instanceof Error ? error.message : String(error)}`);
        times.delete(name);
      }
    }
  }
  return Object.fromEntries([...times].map(([name, taken]) => [name, sampleOf(taken)]));
}

function sampleOf(times: readonly number[]): Sample {
  const sorted = times.toSorted((a, b) => a - b);
  return { min: sorted[0] as number, median: sorted[sorted.length >> 1] as number, n: sorted.length };
}
