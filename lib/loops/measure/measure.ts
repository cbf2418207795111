import { fewTimes, type Latency, summarizeTimes } from '../../measure/times.ts';
import { LabError } from '../../tensor/errors.ts';
import { random } from '../../tensor/random.ts';
import { assertLoop } from '../assert-loop.ts';
import type { Loop, LoopCall } from '../loop.ts';
import { type CallLimits, callLimits, expected, type LoopProblem } from '../problems/problem.ts';
import { compared } from '../problems/verify.ts';
import { endless, run } from '../run/run.ts';
import { Thread } from '../thread.ts';
import { type CeilingKind, ceilingCall, ceilingLoop, ceilingMacs } from './ceiling.ts';
import { measureNativePeak } from './native-peak.ts';
import type { TimedResult, TimeRequest } from './worker.ts';

/** How long is measured. */
export interface MeasureLoopOptions {
  /** Seconds of timed calls for each loop, about; default 0.5. At least five calls are timed. */
  readonly seconds?: number;
  /** Told after each round of calls. */
  readonly onRound?: (done: number, total: number) => void;
}

/** A loop's speed. */
export interface MeasuredLoop {
  readonly name: string;
  /** The fastest call; half of all calls are faster than the median; half of all lie within the spread. Milliseconds. */
  readonly minMs: number;
  readonly medianMs: number;
  readonly spreadMs: number;
  /** Timed calls. */
  readonly calls: number;
  /** 2 · MACs / time of the fastest call, in 10^9 a second. */
  readonly gops: number;
  /** How many times as fast as the first loop. */
  readonly ratio: number;
  /** Share of what WebAssembly's vectors reach here in registers, measured in the same run. */
  readonly ofWasm: number;
  /** Share of what native code reaches here on one thread with products of the same kind, measured in the same run. */
  readonly ofNative: number;
}

const [leastCalls, mostCalls, sampled] = [5, 400, 64];
const warmUpMs = 150;
const thread = new Thread('measure/worker');

/**
 * Times loops on a problem, taking turns. Every timed call gets inputs that no call before it had, finds poison where it has to write, and is checked: all
 * elements of the first call, 64 drawn afterwards of each other one. The clock stands around the call, out of the loop's reach. A time below what the machine's
 * vectors need for the fewest products known is an error, not a record.
 * @throws LabError `loops/wrong` for a loop that computes something else; `loops/too-fast`; `loops/endless` and the others of `run`.
 */
export async function measure(
  loops: Loop | Readonly<Record<string, Loop>>,
  problem: LoopProblem,
  options: MeasureLoopOptions = {},
): Promise<MeasuredLoop[]> {
  const named: readonly (readonly [string, Loop])[] = isLoop(loops) ? [['loop', loops]] : Object.entries(loops);
  if (named.length === 0) return [];
  for (const [, loop] of named) assertLoop(loop);
  const runners = named.map(([name, loop], i) => new Runner(name, { loop, problem, seed: i }));
  for (const runner of runners) await runner.warmUp();
  const limits = { wasm: await measureCeiling(problem), native: await measureNativePeak(kindOf(problem)) };
  const rounds = Math.max(...runners.map(runner => runner.rounds(options.seconds ?? 0.5)));
  for (let round = 0; round < rounds; round++) {
    for (const runner of runners) if (round < runner.rounds(options.seconds ?? 0.5)) await runner.timed();
    options.onRound?.(round + 1, rounds);
  }
  const first = (runners[0] as Runner).latency().minMs;
  return runners.map(runner => row(runner, { problem, limits, first }));
}

const isLoop = (loops: Loop | Readonly<Record<string, Loop>>): loops is Loop => (loops as Loop).binary instanceof Uint8Array;

/** The kind of products that a problem takes, by its first array. */
const kindOf = (problem: LoopProblem): CeilingKind => {
  const first = problem.call(0).args.find(arg => typeof arg === 'object');
  return first?.data instanceof Float32Array ? 'float32' : 'int8';
};

/** 10^9 operations a second that stay in registers. */
export async function measureCeiling(problem: LoopProblem): Promise<number> {
  const kind = kindOf(problem);
  const loop = await ceilingLoop(kind);
  let best = Infinity;
  for (let i = 0; i < (fewTimes() ? 20 : 60); i++) {
    const { milliseconds } = await time({ name: `ceiling ${kind}`, ...(i === 0 && { loop }), call: ceilingCall }, callLimits(problem));
    best = Math.min(best, milliseconds);
  }
  return (2 * ceilingMacs(kind)) / best / 1e6;
}

/** 10^9 operations a second. */
interface Limits {
  readonly wasm: number;
  readonly native: number;
}

function row(runner: Runner, { problem, limits, first }: { problem: LoopProblem; limits: Limits; first: number }): MeasuredLoop {
  const { minMs, medianMs, spreadMs, samplesMs } = runner.latency();
  const gops = (2 * problem.macs) / minMs / 1e6;
  const { name } = runner;
  if (gops * problem.fewestProducts > 1.1 * limits.wasm)
    throw new LabError(
      'loops/too-fast',
      `${name} took ${minMs} ms, which is less than this machine needs for its products (${limits.wasm.toFixed(1)} G/s at most).`,
      'Does it compute all of the output each time?',
    );
  const shares = { ofWasm: gops / limits.wasm, ofNative: gops / limits.native };
  return { name, minMs, medianMs, spreadMs, calls: samplesMs.length, gops, ratio: first / minMs, ...shares };
}

const time = (request: TimeRequest, { deadlineMs }: Pick<CallLimits, 'deadlineMs'>): Promise<TimedResult> =>
  thread.ask(request, { deadlineMs, late: endless(deadlineMs) });

/** One loop that is timed. */
class Runner {
  readonly name: string;
  readonly #loop: Loop;
  readonly #problem: LoopProblem;
  readonly #samples: number[] = [];
  #seed: number;
  #estimate = 1;

  constructor(name: string, { loop, problem, seed }: { readonly loop: Loop; readonly problem: LoopProblem; readonly seed: number }) {
    this.name = name;
    this.#loop = loop;
    this.#problem = problem;
    // unlike for each loop, and from one measurement to the next
    this.#seed = seed * 1e6 + Math.floor(Math.random() * 1e6);
  }

  /** Calls it until the engine has compiled it for speed; the first result is checked as a whole. */
  async warmUp(): Promise<void> {
    const call = this.#problem.call(this.#seed++);
    // an endless loop is ended soon, where it is known how much a call may do
    const limits = callLimits(this.#problem);
    if (limits.mostInstructions) await run(this.#loop, call, limits);
    const { outputs, milliseconds } = await time({ name: this.name, loop: this.#loop, call }, limits);
    const { wrong } = compared(outputs[this.#problem.output] as never, expected(this.#problem, call));
    if (wrong) this.#refuse(wrong);
    this.#estimate = milliseconds;
    if (fewTimes()) return;
    for (let spent = milliseconds, calls = 1; spent < warmUpMs && calls < mostCalls; calls++) {
      const once = await this.#once();
      this.#estimate = Math.min(this.#estimate, once);
      spent += once;
    }
  }

  rounds(seconds: number): number {
    if (fewTimes()) return leastCalls;
    return Math.min(mostCalls, Math.max(leastCalls, Math.round((1000 * seconds) / this.#estimate)));
  }

  async timed(): Promise<void> {
    this.#samples.push(await this.#once());
  }

  latency(): Latency {
    return summarizeTimes(this.#samples);
  }

  /** A call with fresh inputs; its time. */
  async #once(): Promise<number> {
    const call = this.#problem.call(this.#seed++);
    const { outputs, milliseconds } = await time({ name: this.name, call }, callLimits(this.#problem));
    this.#sample(call, outputs[this.#problem.output] as ArrayLike<number>);
    return milliseconds;
  }

  /** Checks elements that were drawn after the call. */
  #sample(call: LoopCall, got: ArrayLike<number>): void {
    const draw = random(Math.floor(Math.random() * 2 ** 31));
    for (let i = 0; i < sampled; i++) {
      const index = draw.int(0, got.length - 1);
      const wanted = this.#problem.element(call, index);
      if (got[index] !== wanted) this.#refuse({ index, count: 1, expected: wanted, got: got[index] as number });
    }
  }

  #refuse({ index, expected: wanted, got }: { index: number; count: number; expected: number; got: number }): never {
    throw new LabError(
      'loops/wrong',
      `${this.name} computes something else: element ${index} of ${this.#problem.output} is ${got}, not ${wanted}.`,
      'Only right loops are timed: loops.verify says how many elements are wrong.',
    );
  }
}
