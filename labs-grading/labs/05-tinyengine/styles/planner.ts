import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about the order of a graph as other people write them.

export const plannerStyles: readonly OtherStyle[] = spelled(
  'planner',
  `function lastUse(steps: Step[], order: number[], tensor: number): number {
  const uses = order.map((s, i) => (steps[s]!.inputs.includes(tensor) ? i : -1));
  const last = Math.max(...uses);
  return last < 0 ? order.length - 1 : last;
}
function peakMemory(steps: Step[], order: number[]): number {
  const ends = steps.map((_, t) => lastUse(steps, order, t));
  let most = 0;
  for (let now = 0; now < order.length; now++) {
    let bytes = 0;
    for (let i = 0; i <= now; i++) if (ends[order[i]!]! >= now) bytes += steps[order[i]!]!.bytes;
    most = Math.max(most, bytes);
  }
  return most;
}
function bestOrder(steps: Step[]): number[] {
  let queue: number[][] = [[]];
  for (let i = 0; i < steps.length; i++)
    queue = queue.flatMap(done =>
      steps.flatMap((step, s) => (!done.includes(s) && step.inputs.every(t => done.includes(t)) ? [[...done, s]] : [])),
    );
  return queue.sort((a, b) => peakMemory(steps, a) - peakMemory(steps, b))[0]!;
}`,
  `const peakMemory = (steps: Step[], order: number[]): number => {
  const readers = steps.map(() => 0);
  for (const { inputs } of steps) for (const t of new Set(inputs)) readers[t]!++;
  let [now, peak] = [0, 0];
  for (const s of order) {
    now += steps[s]!.bytes;
    peak = Math.max(peak, now);
    for (const t of new Set(steps[s]!.inputs)) {
      readers[t]!--;
      if (readers[t] === 0) now -= steps[t]!.bytes;
    }
  }
  return peak;
};
const bestOrder = (steps: Step[]): number[] => {
  const search = (done: number[]): number[] => {
    const next = steps.map((_, s) => s).filter(s => !done.includes(s) && steps[s]!.inputs.every(t => done.includes(t)));
    if (next.length === 0) return done;
    const all = next.map(s => search([...done, s]));
    return all.reduce((a, b) => (peakMemory(steps, b) < peakMemory(steps, a) ? b : a));
  };
  return search([]);
};`,
  `function peakMemory(steps: Step[], order: number[]): number {
  const at = new Map(order.map((s, i) => [s, i]));
  const sums = order.map(() => 0);
  steps.forEach((step, t) => {
    const uses = steps.flatMap((other, s) => (other.inputs.includes(t) ? [at.get(s)!] : []));
    const end = uses.length ? Math.max(...uses) : order.length - 1;
    for (let i = at.get(t)!; i <= end; i++) sums[i]! += step.bytes;
  });
  return Math.max(...sums);
}
function bestOrder(steps: Step[]): number[] {
  const n = steps.length;
  const best = new Map<number, { order: number[]; peak: number }>([[0, { order: [], peak: 0 }]]);
  const has = (set: number, s: number) => ((set >> s) & 1) === 1;
  for (let set = 0; set < 2 ** n; set++) {
    const so = best.get(set);
    if (!so) continue;
    for (let s = 0; s < n; s++) {
      if (has(set, s) || !steps[s]!.inputs.every(t => has(set, t))) continue;
      const live = (t: number) => {
        const readers = steps.flatMap((one, r) => (one.inputs.includes(t) ? [r] : []));
        return has(set, t) && (readers.length === 0 || readers.some(r => !has(set, r)));
      };
      const bytes = steps.reduce((sum, one, t) => sum + (live(t) || t === s ? one.bytes : 0), 0);
      const peak = Math.max(so.peak, bytes);
      const next = set | (1 << s);
      if (!best.has(next) || best.get(next)!.peak > peak) best.set(next, { order: [...so.order, s], peak });
    }
  }
  return best.get(2 ** n - 1)!.order;
}`,
  `function peakMemory(steps: Step[], order: number[]): number {
  let alive: number[] = [];
  let peak = 0;
  order.forEach((s, i) => {
    alive.push(s);
    peak = Math.max(peak, alive.map(t => steps[t]!.bytes).reduce((a, b) => a + b));
    const rest = order.slice(i + 1);
    alive = alive.filter(t => rest.some(r => steps[r]!.inputs.includes(t)) || steps.every(({ inputs }) => !inputs.includes(t)));
  });
  return peak;
}
function bestOrder(steps: Step[]): number[] {
  let found = { peak: Infinity, order: [] as number[] };
  function* orders(done: number[]): Generator<number[]> {
    if (done.length === steps.length) yield done;
    for (let s = steps.length - 1; s >= 0; s--)
      if (!done.includes(s) && steps[s]!.inputs.every(t => done.includes(t))) yield* orders([...done, s]);
  }
  for (const order of orders([])) {
    const peak = peakMemory(steps, order);
    if (peak < found.peak) found = { peak, order };
  }
  return found.order;
}`,
);
