import type { CheckItem, Contrast, PartReport, Reason } from './report.ts';

/** The part that holds what a body checks outside of `q.part`: the whole question depends on it. */
export const whole = '';

/** An item as the vocabulary makes it; the recorder gives it an id and hides what must stay hidden. */
export interface Finding {
  readonly asked: string;
  readonly reason: Reason;
  readonly expected?: string;
  readonly got?: string;
  readonly where?: string;
  readonly hint?: string;
  readonly hintFrom?: 'error';
  readonly arrays?: Contrast;
}

interface Part {
  readonly points: number;
  passed: boolean;
  items: number;
}

/** Failures after this many are counted, not described: a report stays readable. */
const described = 40;

/** Arrays are kept with the first failures only. */
const pictured = 3;

/** Collects what a question's bodies find, part by part. */
export class Recorder {
  readonly #parts = new Map<string, Part>([[whole, { points: 0, passed: true, items: 0 }]]);
  readonly #items: CheckItem[] = [];
  #current = whole;

  /** Runs `body` with `id` as the part that findings belong to. */
  async within(id: string, points: number, body: () => void | Promise<void>): Promise<void> {
    if (!this.#parts.has(id)) this.#parts.set(id, { points, passed: true, items: 0 });
    const outer = this.#current;
    this.#current = id;
    try {
      await body();
    } finally {
      this.#current = outer;
    }
  }

  add(finding: Finding, hidden: boolean): boolean {
    const part = this.#parts.get(this.#current) as Part;
    const passed = finding.reason === 'right';
    part.items += 1;
    part.passed &&= passed;
    const id = `${this.#current || 'case'}.${part.items}`;
    if (this.#items.length < described || (!passed && this.#items.filter(item => !item.passed).length < described)) {
      this.#items.push(hidden ? hide(finding, id) : { id, passed, hidden, ...this.#pictured(finding) });
    }
    return passed;
  }

  #pictured({ arrays, ...finding }: Finding): Finding {
    const room = this.#items.filter(item => item.arrays).length < pictured;
    return arrays && room ? { ...finding, arrays } : finding;
  }

  get items(): readonly CheckItem[] {
    return this.#items;
  }

  /** Number of things checked so far. */
  get count(): number {
    return [...this.#parts.values()].reduce((sum, part) => sum + part.items, 0);
  }

  /** Parts with points; a part without any check earns nothing. */
  get parts(): readonly PartReport[] {
    return [...this.#parts]
      .filter(([id]) => id !== whole)
      .map(([id, { points, passed, items }]) => ({ id, points, passed: passed && items > 0 }));
  }

  /** Points earned out of `points`: all or nothing without parts; with parts, the sum of those that pass, if nothing outside of them failed. */
  score(points: number): number {
    const outside = this.#parts.get(whole) as Part;
    if (!outside.passed) return 0;
    if (this.#parts.size === 1) return outside.items > 0 ? points : 0;
    return Math.min(
      points,
      this.parts.reduce((sum, part) => sum + (part.passed ? part.points : 0), 0),
    );
  }
}

/** What a student may learn of a hidden case: that there was one, and the author's hint. */
function hide(finding: Finding, id: string): CheckItem {
  const { hint, reason } = finding;
  return { id, asked: 'a hidden case', passed: reason === 'right', hidden: true, reason, ...(hint === undefined ? {} : { hint }) };
}
