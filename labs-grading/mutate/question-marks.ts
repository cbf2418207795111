import { delivered } from '../../scripts/notebook/reader.mjs';
import { gateSeed } from '../release/answer-runs.ts';
import { cellName, markOf } from '../release/cells.ts';
import { neededCells } from '../release/needed-cells.ts';
import { withoutMarkers } from '../release/regions.ts';
import { contentHash } from '../release/version.ts';
import { Arena } from './arena/arena.ts';
import type { CodeToRun, Opened, Verdict } from './arena/messages.ts';
import type { Confirmation } from './confirm.ts';
import type { Marked } from './figures.ts';
import type { LabToMutate } from './lab-to-mutate.ts';
import { type Made, madeOf } from './make.ts';
import { type Record, verdictKey } from './record.ts';

/** How long an answer may take at least: a function that is called, and one that trains. */
const [callsMs, trainsMs] = [4_000, 300_000];

export interface MarkingLimits {
  /** Decides which answers are made. */
  readonly seed: number;
  /** Most answers of one rule. */
  readonly perOperator: number;
  /** Most answers in all where each trains or measures anew. */
  readonly delivered: number;
  /** Further seeds on which answers are compared. */
  readonly comparedSeeds: number;
}

export interface MarkingOptions {
  readonly id: string;
  /** Folder in which the notebook runs. */
  readonly folder: string;
  readonly record: Record;
  /** The grader, for what gets through. */
  readonly confirmation: Confirmation;
  readonly limits: MarkingLimits;
}

/** The answers to one question and their verdicts: remembered ones, and those of an arena that is opened when the first is needed. */
export class QuestionMarks {
  readonly id: string;
  readonly styles: readonly { readonly name: string; readonly answer: string }[];
  readonly #made: ReadonlyMap<string, readonly Made[]>;
  readonly #cells: readonly CodeToRun[];
  readonly #record: Record;
  readonly #limits: MarkingLimits;
  readonly #confirmation: Confirmation;
  readonly #key: string;
  readonly #arena: Arena;
  #opened: Opened | undefined;

  constructor(lab: LabToMutate, { id, folder, record, confirmation, limits }: MarkingOptions) {
    const { files } = lab;
    this.id = id;
    this.#record = record;
    this.#limits = limits;
    this.#confirmation = confirmation;
    this.styles = lab.styles.filter(({ question }) => question === id);
    const styles = this.styles.map(({ answer }) => answer);
    this.#cells = neededCells(id, lab.cells, styles).map(cell => ({
      name: cellName(cell, lab.cells.indexOf(cell)),
      source: withoutMarkers(cell.source),
    }));
    const source = lab.cells.find(cell => markOf(cell)?.grade_id === id)?.source ?? '';
    this.#made = madeOf(id, source, limits.seed);
    this.#key = contentHash([
      ['lab', lab.key],
      ['seeds', JSON.stringify([gateSeed, limits.comparedSeeds])],
      ...this.#cells.map(cell => [cell.name, cell.source] as const),
    ]);
    const { checks, hidden } = files;
    const about = { checks, ...(hidden !== undefined && { hidden }), question: id, cells: this.#cells, folder };
    this.#arena = new Arena({ ...about, seed: gateSeed, seeds: limits.comparedSeeds }, this.#delivers ? trainsMs : callsMs);
  }

  get #delivers(): boolean {
    return delivered(this.#cells.at(-1)?.source ?? '').length > 0;
  }

  /** About how many answers will be marked. */
  get size(): number {
    const all = [...this.#made.values()].reduce((sum, { length }) => sum + Math.min(length, this.#limits.perOperator), 0);
    return this.styles.length + (this.#delivers ? Math.min(all, this.#limits.delivered) : all);
  }

  /** Whether the outcome was all that could be compared. */
  get byOutcome(): boolean {
    return this.#opened ? !this.#opened.calls : this.#record.get(this.#callsKey)?.state === 'same';
  }

  /** The verdict on a right answer, with the grader's seed and these. */
  async right(answer: string, seeds: readonly number[]): Promise<Verdict> {
    return this.#once(verdictKey(this.#key, 'right', `${seeds.join()} ${answer}`), arena =>
      arena.right(answer, this.#delivers ? [] : seeds),
    );
  }

  /** The made answers with their verdicts, rule by rule, until there are enough of each that compile. */
  async *wrong(signal?: AbortSignal): AsyncGenerator<Marked> {
    let left = this.#delivers ? this.#limits.delivered : Number.POSITIVE_INFINITY;
    for (const some of this.#made.values()) {
      let ofRule = this.#delivers ? 1 : this.#limits.perOperator;
      for (const made of some.slice(0, 4 * this.#limits.perOperator)) {
        if (ofRule === 0 || left === 0) break;
        signal?.throwIfAborted();
        const first = await this.#once(verdictKey(this.#key, 'wrong', made.answer), arena => arena.wrong(made.answer));
        const verdict = first.state === 'passed' ? await this.#confirmed(made.answer) : first;
        if (verdict.state !== 'no program') {
          ofRule--;
          left--;
        }
        yield { ...made, verdict };
      }
    }
  }

  close(): Promise<void> {
    return this.#arena.close();
  }

  #confirmed(answer: string): Promise<Verdict> {
    return this.#remembered(verdictKey(this.#key, 'wrong', `in the grader ${answer}`), () => this.#confirmation.verdict(this.id, answer));
  }

  get #callsKey(): string {
    return verdictKey(this.#key, 'right', 'by outcome');
  }

  #once(key: string, mark: (arena: Arena) => Promise<Verdict>): Promise<Verdict> {
    return this.#remembered(key, async () => {
      if (!this.#opened) {
        this.#opened = await this.#arena.open();
        this.#record.add(this.#callsKey, { state: this.#opened.calls ? 'passed' : 'same' });
      }
      return mark(this.#arena);
    });
  }

  /** The verdict that the record has, else the one that is made, which it then has. */
  async #remembered(key: string, make: () => Promise<Verdict>): Promise<Verdict> {
    const before = this.#record.get(key);
    if (before) return before;
    const verdict = await make();
    this.#record.add(key, verdict);
    return verdict;
  }
}
