import { type Foreseen, Series } from './foreseen.ts';
import type { Comparison } from './patterns/comparison.ts';
import { patternIn } from './patterns/find.ts';
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
  readonly hintFrom?: CheckItem['hintFrom'];
  readonly arrays?: Contrast;
}

/** The values behind a finding, and the mistakes that were foreseen. */
export interface Evidence {
  readonly comparison: Comparison;
  readonly foreseen: Foreseen;
}

interface Part {
  readonly points: number;
  passed: boolean;
  items: number;
  /** What was compared in the open. */
  readonly comparisons: Comparison[];
  /** Something came in place of a value: no mistake that was foreseen and no pattern of values explains that. */
  faults: boolean;
  /** Known mistakes of what was compared, in the open or not, by what it is about. */
  readonly series: Map<string, Series>;
}

const newPart = (points: number): Part => ({ points, passed: true, items: 0, comparisons: [], faults: false, series: new Map() });

/** An item, and the part and the comparison that it came from. */
interface Recorded {
  readonly item: CheckItem;
  readonly part: Part;
  /** What was compared, if anything was. */
  readonly about?: string;
}

/** Failures after this many are counted, not described: a report stays readable. */
const described = 40;

/** Arrays are kept with the first failures only. */
const pictured = 3;

/** Collects what a question's bodies find, part by part. */
export class Recorder {
  readonly #parts = new Map<string, Part>([[whole, newPart(0)]]);
  readonly #items: Recorded[] = [];
  /** Choices that were noted and not judged yet. */
  readonly seals: Set<string> = new Set();
  #current = whole;

  /** Runs `body` with `id` as the part that findings belong to. */
  async within(id: string, points: number, body: () => void | Promise<void>): Promise<void> {
    if (!this.#parts.has(id)) this.#parts.set(id, newPart(points));
    const outer = this.#current;
    this.#current = id;
    try {
      await body();
    } finally {
      this.#current = outer;
    }
  }

  /** Adds what was found, with the values where some were compared: their hint is chosen when all cases are in. */
  add(finding: Finding, hidden: boolean, evidence?: Evidence): boolean {
    const { comparison, foreseen } = evidence ?? {};
    const part = this.#parts.get(this.#current) as Part;
    const passed = finding.reason === 'right';
    part.items += 1;
    part.passed &&= passed;
    if (comparison && !hidden) part.comparisons.push(passed ? { ...comparison, got: undefined, expected: undefined } : comparison);
    else if (!passed && !comparison && finding.reason !== 'wrong' && finding.reason !== 'known mistake') part.faults = true;
    if (comparison && foreseen) seriesOf(part, comparison.about).add(foreseen, passed);
    const id = `${this.#current || 'case'}.${part.items}`;
    if (this.#items.length < described || (!passed && this.#items.filter(({ item }) => !item.passed).length < described)) {
      const item = hidden ? hide(finding, id) : { id, passed, hidden, ...this.#pictured(finding) };
      this.#items.push({ item, part, ...(comparison && { about: comparison.about }) });
    }
    return passed;
  }

  #pictured({ arrays, ...finding }: Finding): Finding {
    const room = this.#items.filter(({ item }) => item.arrays).length < pictured;
    return arrays && room ? { ...finding, arrays } : finding;
  }

  /** What was found, in order. A known mistake is named where it explains every failed case. Wrong answers that no author foresaw are told what all of a part have in common, where there is something. */
  get items(): readonly CheckItem[] {
    const patterns = new Map<Part, Map<string, string | undefined>>();
    return this.#items.map(({ item, part, about }) => {
      if (about === undefined || item.passed || part.faults) return item;
      const known = seriesOf(part, about).explain();
      if (known !== undefined) return { ...item, hint: known, reason: 'known mistake' };
      if (item.hidden) return item;
      const own = patterns.get(part) ?? new Map<string, string | undefined>();
      patterns.set(part, own);
      if (!own.has(about)) own.set(about, patternIn(part.comparisons.filter(one => one.about === about)));
      const pattern = own.get(about);
      if (pattern === undefined) return item;
      return { ...item, hint: item.hint === undefined ? pattern : `${pattern} ${item.hint}`, hintFrom: 'pattern' };
    });
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

function seriesOf({ series }: Part, about: string): Series {
  const found = series.get(about) ?? new Series();
  series.set(about, found);
  return found;
}

/** What a student may learn of a hidden case: that there was one, and the author's hint. */
function hide(finding: Finding, id: string): CheckItem {
  const { hint, reason } = finding;
  return { id, asked: 'a hidden case', passed: reason === 'right', hidden: true, reason, ...(hint === undefined ? {} : { hint }) };
}
