import { type Examiner, type Question, question, type Random } from 'tinylab';

// What memory a graph needs, and in which order it needs least.

/** A step writes the tensor of its own number; a step without inputs is what comes in. */
export interface Step {
  readonly inputs: readonly number[];
  readonly bytes: number;
}

/** Which tensors are taken to be in memory. */
type Alive = 'right' | 'only this step' | 'freed early' | 'all' | 'no output' | 'first input';

/** From when to when each tensor is in memory, as positions in the order; `counted`: how many inputs of a step count as read. */
function intervals(
  steps: readonly Step[],
  order: readonly number[],
  counted = Number.POSITIVE_INFINITY,
): (readonly [from: number, to: number])[] {
  const at = order.reduce((map, step, position) => map.set(step, position), new Map<number, number>());
  return steps.map((_, tensor) => {
    const readers = (most: number): number[] =>
      steps.flatMap(({ inputs }, step) => (inputs.slice(0, most).includes(tensor) ? [at.get(step) as number] : []));
    const from = at.get(tensor) as number;
    return [from, readers(steps.length).length === 0 ? steps.length - 1 : Math.max(from, ...readers(counted))] as const;
  });
}

/** The most bytes that are in memory at one time. */
export function peakOf(steps: readonly Step[], order: readonly number[], alive: Alive = 'right'): number {
  const lives = intervals(steps, order, alive === 'first input' ? 1 : undefined);
  const counts = (tensor: number, now: number): boolean => {
    const [from, to] = lives[tensor] as readonly [number, number];
    const running = order[now] as number;
    if (alive === 'only this step') return tensor === running || steps[running]?.inputs.includes(tensor) === true;
    if (alive === 'all') return from <= now;
    if (alive === 'freed early') return from === now || (from <= now && now < to);
    if (alive === 'no output') return from < now && now <= to;
    return from <= now && now <= to;
  };
  const sizes = order.map((_, now) => steps.reduce((sum, { bytes }, tensor) => sum + (counts(tensor, now) ? bytes : 0), 0));
  return Math.max(...sizes);
}

/** Whether it is each step once, none before what it reads. */
const runs = (steps: readonly Step[], order: readonly unknown[]): boolean =>
  order.length === steps.length &&
  new Set(order).size === steps.length &&
  steps.every(({ inputs }, step) => order.includes(step) && inputs.every(input => order.indexOf(input) < order.indexOf(step)));

/** The least peak over all orders, by the set of steps that are done. */
export function leastPeak(steps: readonly Step[]): number {
  const known = new Map<number, number>([[2 ** steps.length - 1, 0]]);
  const done = (set: number, step: number): boolean => ((set >> step) & 1) === 1;
  const bytesAt = (set: number, step: number): number =>
    steps.reduce((sum, { bytes }, tensor) => {
      const readers = steps.flatMap(({ inputs }, reader) => (inputs.includes(tensor) ? [reader] : []));
      const needed = readers.length === 0 || readers.some(reader => !done(set, reader));
      return sum + (tensor === step || (done(set, tensor) && needed) ? bytes : 0);
    }, 0);
  const best = (set: number): number => {
    const found = known.get(set);
    if (found !== undefined) return found;
    const next = steps.flatMap(({ inputs }, step) => (!done(set, step) && inputs.every(input => done(set, input)) ? [step] : []));
    const least = Math.min(...next.map(step => Math.max(bytesAt(set, step), best(set | (1 << step)))));
    known.set(set, least);
    return least;
  };
  return best(0);
}

/** Two small branches whose sum is what takes most: the peak comes with the last step. */
const largeEnd = (rng: Random): Step[] => [
  { inputs: [], bytes: rng.int(3, 9) },
  { inputs: [0], bytes: rng.int(4, 9) },
  { inputs: [0], bytes: rng.int(4, 9) },
  { inputs: [1, 2], bytes: rng.int(40, 60) },
];

/** Branches from one input that meet again, of sizes for which the order decides. */
function branchy(rng: Random, i: number): Step[] {
  for (;;) {
    const size = (low: number, high: number): number => rng.int(low, high);
    const steps: Step[] = [{ inputs: [], bytes: size(5, 20) }];
    const ends: number[] = [];
    for (let branch = 0; branch < 2 + (i % 2); branch++) {
      let last = 0;
      for (let depth = 0; depth < rng.int(1, 3 - (i % 2)) + 1; depth++) last = steps.push({ inputs: [last], bytes: size(2, 60) }) - 1;
      ends.push(last);
    }
    steps.push({ inputs: ends, bytes: size(5, 20) });
    if (i % 3 === 2) steps.push({ inputs: [steps.length - 1, 0], bytes: size(5, 20) });
    if (steps.length <= 9 && leastPeak(steps) < peakOf(steps, [...steps.keys()])) return steps;
  }
}

const copied = (steps: readonly Step[]): Step[] => steps.map(({ inputs, bytes }) => ({ inputs: [...inputs], bytes }));

async function askPeak(q: Examiner): Promise<void> {
  for (const steps of [...q.cases(8, branchy), ...q.cases(1, largeEnd)]) {
    const order = [...steps.keys()];
    if (q.rng.int(0, 1) === 1) {
      // another order that runs: the last branch first
      const ready = (done: readonly number[]): number[] =>
        order.filter(s => !done.includes(s) && steps[s]?.inputs.every(t => done.includes(t)));
      const other: number[] = [];
      while (other.length < steps.length) other.push(ready(other).at(-1) as number);
      order.splice(0, order.length, ...other);
    }
    const of = (alive: Alive): number => peakOf(steps, order, alive);
    q.equal(q.asNumber(await q.call('peakMemory', copied(steps), [...order])), of('right'), {
      known: [
        [of('only this step'), 'What a later step still reads is missing: a residual stays in memory while other steps run.'],
        [of('first input'), 'A step may read several tensors: all of its inputs are in memory, not the first one alone.'],
        [of('all'), 'Nothing is ever freed there. A tensor goes after the last step that reads it.'],
        [of('freed early'), 'A step still reads its inputs while it writes: inputs and outputs are there together.'],
        [of('no output'), 'The tensor that is being written is missing.'],
        [peakOf(steps, [...steps.keys()]), 'That is the peak of the steps by number; go by `order`.'],
      ],
      hint: 'For each step of the order: all tensors written so far that this step or a later one reads, its own among them.',
    });
  }
}

async function askOrder(q: Examiner): Promise<void> {
  for (const steps of q.cases(8, branchy)) {
    const got = q.asList(await q.call('bestOrder', copied(steps)));
    const valid = runs(steps, got);
    const seen = q.true(valid, {
      asked: `${q.asked}: each step once, after all that it reads`,
      hint: 'The order should have each step once, and none before the steps whose tensors it reads.',
      got,
    });
    if (!seen) continue;
    const peak = peakOf(steps, got as number[]);
    const byNumber = got.every((step, i) => step === i);
    q.true(peak === leastPeak(steps), {
      asked: `the peak of that order: ${leastPeak(steps)} bytes`,
      hint: byNumber
        ? 'That is the order by number. Another one needs less: try all of them.'
        : `Another order has a smaller peak than ${peak}: try all orders that run, and keep the best.`,
      got: peak,
    });
  }
}

export const plannerQuestion: Question = question(
  'planner',
  {
    points: 6,
    title: 'The order of a graph',
    uses: ['peakMemory', 'bestOrder'],
    withhold: ['planMemory', 'programBuffers'],
  },
  async q => {
    await q.part('peak', { points: 3 }, () => askPeak(q));
    await q.part('order', { points: 3 }, () => askOrder(q));
  },
);
