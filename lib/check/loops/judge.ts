import type { LoopCall } from '../../loops/loop.ts';
import { callLimits, type LoopProblem } from '../../loops/problems/problem.ts';
import { type CacheShape, smallCache } from '../../measure/cache.ts';
import { LabError } from '../../tensor/errors.ts';
import type { Random } from '../../tensor/random.ts';
import type { Evidence, Finding } from '../record.ts';
import type { Session } from '../session.ts';
import { compareOutput, type KnownLoopMistake } from './compare-output.ts';
import {
  type ArrayCounter,
  type ArrayCounts,
  arrayCounters,
  type CallCounts,
  type Counter,
  counters,
  type LoopAnswer,
} from './messages.ts';

/** How a loop is asked. */
export interface LoopQuestion {
  /** How many calls with fresh inputs each problem makes; default 2. */
  readonly seeds?: number;
  /** Mistakes that we know, each with its hint: it is told where it gives just what came in every wrong call. */
  readonly known?: readonly KnownLoopMistake[];
  /** Shown when the output is wrong in a way that nobody foresaw. */
  readonly hint?: string;
}

/** The most that a loop may do in a call; of misses, one number for the first level of caches or one for each. */
export interface CountBounds extends Readonly<Partial<Record<Counter, number>>> {
  /** Lines that the caches lack. */
  readonly misses?: number | readonly number[];
}

/** The most that a loop may do with one array of a call. */
export interface ArrayBounds extends Readonly<Partial<Record<ArrayCounter, number>>> {
  /** Lines that the caches lack: one number for the first level of caches, or one for each. */
  readonly misses?: number | readonly number[];
  /** Shown where one of these bounds is not kept; by default the hint of the whole question. */
  readonly hint?: string;
}

/** How a loop is counted. */
export interface CountQuestion extends Omit<LoopQuestion, 'seeds'> {
  /** Bounds that the loop must keep; each becomes a line of the report beside the student's own. */
  readonly atMost?: CountBounds;
  /** Bounds on single arrays, by the names that the problem gives them: `{ b: { misses: 5000, hint: '…' } }`. */
  readonly arrays?: Readonly<Record<string, ArrayBounds>>;
  /** Levels of caches, the first one first; default: 8 KB, lines of 32 bytes, 4 ways. */
  readonly caches?: readonly CacheShape[];
}

/** What judging needs of an examiner. */
export interface LoopJudge {
  readonly session: Session;
  /** A stream for the seeds of this question alone. */
  readonly rng: Random;
  /** Puts a line into the report; tells whether it is right. */
  readonly add: (finding: Finding, evidence?: Evidence) => boolean;
}

/** A loop's text under its name. */
export interface NamedLoop {
  readonly name: string;
  readonly source: string;
}

/** Seeds of inputs: problems double them. */
const seedFrom = (rng: Random): number => rng.int(0, 2 ** 30);

/** The bound on instructions that all of these calls keep, where each has one. */
function limitOf(problems: readonly LoopProblem[]): { readonly mostInstructions?: number } {
  const limits = problems.map(problem => callLimits(problem).mostInstructions);
  return limits.every(limit => limit !== undefined) && limits.length > 0 ? { mostInstructions: Math.max(...limits) } : {};
}

/** Whether a loop solves problems on fresh inputs: each call is a line of the report. */
export async function judgeLoop(
  { session, rng, add }: LoopJudge,
  { name, source, problems }: NamedLoop & { readonly problems: readonly LoopProblem[] },
  { seeds = 2, ...words }: LoopQuestion,
): Promise<boolean> {
  const cases = problems.flatMap(problem => Array.from({ length: seeds }, () => ({ name, problem, call: problem.call(seedFrom(rng)) })));
  const answers = await session.loop({ source, calls: cases.map(({ call }) => call), ...limitOf(problems) });
  const right = cases.map((one, i) => {
    const { finding, evidence } = compareOutput({ ...one, answer: answers[i] as LoopAnswer }, words);
    return add(finding, evidence);
  });
  return right.every(Boolean);
}

/** Whether a loop keeps bounds on what it does in one call, whose output must be right: a loop that computes nothing would keep them all. @throws LabError `check/array` for an array that the call does not have. */
export async function judgeCounts(
  { session, rng, add }: LoopJudge,
  { name, source, problem }: NamedLoop & { readonly problem: LoopProblem },
  { atMost = {}, arrays = {}, caches = [smallCache], ...words }: CountQuestion,
): Promise<boolean> {
  const call = problem.call(seedFrom(rng));
  assertArrays(call, arrays);
  const [answer] = (await session.loop({ source, calls: [call], caches, ...limitOf([problem]) })) as [LoopAnswer];
  const { finding, evidence } = compareOutput({ name, problem, call, answer }, words);
  if (!add(finding, evidence)) return false;
  const bounds = [
    ...boundsOf(atMost, answer.counts as CallCounts),
    ...Object.entries(arrays).flatMap(([array, most]) => arrayBounds(array, most, answer.counts as CallCounts)),
  ];
  const kept = bounds.map(({ what, got, most, hint = words.hint }) => {
    const [bound, shown] = [`at most ${written(most)}`, `${written(got)} ${what}`];
    // A report shows what came of failures only.
    if (got <= most) return add({ asked: `${name}: ${shown} in ${problem.name} (${bound})`, reason: 'right' });
    const asked = `${name}: ${bound} ${what} in ${problem.name}`;
    return add({ asked, reason: 'wrong', expected: bound, got: shown, ...(hint && { hint }) });
  });
  return kept.every(Boolean);
}

/** A bound on an array that the call does not have would never fail. */
function assertArrays({ args }: LoopCall, arrays: Readonly<Record<string, ArrayBounds>>): void {
  const names = args.flatMap(arg => (typeof arg === 'object' ? [arg.name] : []));
  const strange = Object.keys(arrays).find(name => !names.includes(name));
  if (strange !== undefined)
    throw new LabError('check/array', `The call has no array ${JSON.stringify(strange)}.`, `Its arrays are ${names.join(', ')}.`);
}

interface Bound {
  readonly what: string;
  readonly got: number;
  readonly most: number;
  readonly hint?: string | undefined;
}

/** Words for a counter, as they stand behind a number. */
const said: Readonly<Record<Counter, string>> = {
  instructions: 'instructions',
  loads: 'loads',
  stores: 'stores',
  bytesRead: 'bytes read',
  bytesWritten: 'bytes written',
  multiplies: 'products',
  scalarMultiplies: 'products of whole numbers outside of vectors',
  branches: 'tests',
  calls: 'calls',
};

function boundsOf({ misses = [], ...others }: CountBounds, counts: CallCounts): Bound[] {
  const ofCounters = counters.flatMap(counter => {
    const most = others[counter];
    return most === undefined ? [] : [{ what: said[counter], got: counts[counter], most }];
  });
  return [...missBounds(misses, counts.misses), ...ofCounters];
}

function missBounds(bounds: number | readonly number[], misses: readonly number[]): Bound[] {
  const levels = typeof bounds === 'number' ? [bounds] : bounds;
  return levels.map((most, i) => ({ what: misses.length > 1 ? `misses of cache ${i + 1}` : 'misses', got: misses[i] ?? 0, most }));
}

function arrayBounds(array: string, { misses = [], hint, ...others }: ArrayBounds, { byArray }: CallCounts): Bound[] {
  const counts = byArray[array] as ArrayCounts;
  const ofCounters = arrayCounters.flatMap(counter => {
    const most = others[counter];
    return most === undefined ? [] : [{ what: said[counter], got: counts[counter], most }];
  });
  return [...missBounds(misses, counts.misses), ...ofCounters].map(bound => ({ ...bound, what: `${bound.what} of ${array}`, hint }));
}

/** A whole number with its thousands apart. */
const written = (value: number): string => value.toLocaleString('en-US');
