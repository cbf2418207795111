import { bit, running, type StepMemory } from './step-memory.ts';

/** What is there before the first step. */
export interface Start {
  readonly live: number;
  /** Bytes that are there in the first step only. */
  readonly beside: number;
}

/** A set of steps that have run, what is there behind it, and what may run next. */
interface Reached {
  readonly done: bigint;
  readonly live: number;
  readonly ready: readonly number[];
}

/** A step that may run next, with what it needs while it runs and leaves behind. */
interface Choice {
  readonly number: number;
  readonly most: number;
  readonly live: number;
}

/** Looks for orders with ever lower peaks, depth first. A set from which no order ends below a peak has none below a lower one either. */
export class OrderSearch {
  readonly #memories: readonly StepMemory[];
  readonly #waiting: readonly (readonly number[])[];
  readonly #start: Start;
  readonly #failed = new Set<bigint>();
  #way: number[] = [];
  #sets = 0;

  constructor(memories: readonly StepMemory[], start: Start) {
    this.#memories = memories;
    this.#start = start;
    const all = [...memories.keys()];
    this.#waiting = all.map(number => all.filter(other => ((memories[other] as StepMemory).after & bit(number)) !== 0n));
  }

  /** The order with the lowest peak below this one, if there is one, when at most so many sets are looked at; and whether none is lower. */
  below(
    peak: number,
    { least, sets }: { readonly least: number; readonly sets: number },
  ): { readonly way?: readonly number[]; readonly complete: boolean } {
    this.#sets = sets;
    const ready = [...this.#memories.keys()].filter(number => (this.#memories[number] as StepMemory).after === 0n);
    let way: readonly number[] | undefined;
    for (let most = peak; most > least; ) {
      this.#way = [];
      if (!this.#ends({ done: 0n, live: this.#start.live, ready }, most - 1)) return { ...(way ? { way } : {}), complete: this.#sets > 0 };
      way = this.#way;
      most = this.#peakOf(way);
    }
    return { ...(way ? { way } : {}), complete: true };
  }

  /** Whether the steps that are left have an order that never needs more than this; it is added to the way. */
  #ends(reached: Reached, most: number): boolean {
    if (this.#way.length === this.#memories.length) return true;
    if (this.#failed.has(reached.done)) return false;
    if (--this.#sets <= 0) return false;
    for (const { number, live } of this.#choices(reached, most)) {
      const done = reached.done | bit(number);
      const waited = (this.#waiting[number] as number[]).filter(other => ((this.#memories[other] as StepMemory).after & ~done) === 0n);
      this.#way.push(number);
      if (this.#ends({ done, live, ready: [...reached.ready.filter(other => other !== number), ...waited] }, most)) return true;
      this.#way.pop();
    }
    if (this.#sets > 0) this.#failed.add(reached.done);
    return false;
  }

  /**
   * The steps that may run next and need no more than this. One that leaves no more behind than was there is the only choice: whatever order has it later is no worse
   * with it here. Of the others those that need most come first, while there is room.
   */
  #choices({ done, live, ready }: Reached, most: number): readonly Choice[] {
    const choices: Choice[] = [];
    for (const number of ready) {
      const needs = this.#runs(number, { done, live });
      if (needs.most > most) continue;
      if (needs.live <= live) return [{ number, ...needs }];
      choices.push({ number, ...needs });
    }
    return choices.sort((a, b) => b.most - a.most || a.number - b.number);
  }

  #runs(number: number, { done, live }: Pick<Reached, 'done' | 'live'>): { readonly most: number; readonly live: number } {
    const needs = running(this.#memories[number] as StepMemory, { done, live, self: bit(number) });
    return done === 0n ? { ...needs, most: needs.most + this.#start.beside } : needs;
  }

  #peakOf(way: readonly number[]): number {
    let [done, live, peak] = [0n, this.#start.live, 0];
    for (const number of way) {
      const needs = this.#runs(number, { done, live });
      peak = Math.max(peak, needs.most);
      done |= bit(number);
      live = needs.live;
    }
    return peak;
  }
}
