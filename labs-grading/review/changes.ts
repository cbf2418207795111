import type { AnswerRow, Presence, Update } from './messages.ts';
import type { Review } from './review.ts';

type Listener = (update: Update) => void;

/** An open page: what it was last told of. */
interface Watcher {
  readonly question: string;
  readonly page: string;
  readonly tell: Listener;
  rows: ReadonlyMap<string, string>;
  rubric: string;
  here?: Presence;
}

const textOf = (rows: readonly AnswerRow[]): Map<string, string> => new Map(rows.map(row => [row.key, JSON.stringify(row)]));

/** Tells every open page what others changed: through this server at once, through another one or an editor at the next look. */
export class Changes {
  readonly #review: Review;
  readonly #watchers = new Set<Watcher>();
  readonly #timer: NodeJS.Timeout;
  #last: Promise<void> = Promise.resolve();
  /** How many looks are under way or asked for. */
  #looks = 0;

  constructor(review: Review, everyMs = 1000) {
    this.#review = review;
    this.#timer = setInterval(() => void (this.#looks === 0 && this.look()), everyMs).unref();
  }

  /** Tells a page of everything that changes from now on; the promise is of what ends that. */
  async watch(question: string, page: string, tell: Listener): Promise<() => void> {
    const rows = textOf(await this.#review.rows(question));
    const watcher: Watcher = { question, page, tell, rows, rubric: JSON.stringify(this.#review.rubric(question)) };
    this.#watchers.add(watcher);
    this.#tellPresence(question);
    return () => {
      this.#watchers.delete(watcher);
      this.#tellPresence(question);
    };
  }

  /**
   * Looks at gradebook and rubric, once every look before has ended, and tells the differences. A rubric that is being edited by hand may be
   * broken for a moment.
   */
  look(): Promise<void> {
    this.#looks++;
    this.#last = this.#last.then(() => this.#look()).finally(() => this.#looks--);
    return this.#last;
  }

  async #look(): Promise<void> {
    for (const [question, watchers] of Map.groupBy(this.#watchers, ({ question }) => question)) {
      try {
        const rows = await this.#review.rows(question);
        const rubric = this.#review.rubric(question);
        for (const watcher of watchers) if (this.#watchers.has(watcher)) tellChanges(watcher, { rows, rubric });
      } catch {}
    }
  }

  /** Notes where a page's grader is. */
  here(presence: Presence): void {
    for (const watcher of this.#watchers) {
      if (watcher.page !== presence.page) continue;
      watcher.here = presence;
      this.#tellPresence(watcher.question);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watchers.clear();
  }

  #tellPresence(question: string): void {
    const present = [...this.#watchers].filter(watcher => watcher.question === question);
    for (const { page, tell } of present)
      tell({ rows: [], here: present.flatMap(({ here }) => (here && here.page !== page ? [here] : [])) });
  }
}

function tellChanges(watcher: Watcher, { rows, rubric }: Required<Pick<Update, 'rows' | 'rubric'>>): void {
  const now = textOf(rows);
  const changed = rows.filter(({ key }) => watcher.rows.get(key) !== now.get(key));
  const rubricNow = JSON.stringify(rubric);
  if (changed.length === 0 && rubricNow === watcher.rubric) return;
  watcher.tell({ rows: changed, ...(rubricNow !== watcher.rubric && { rubric }) });
  watcher.rows = now;
  watcher.rubric = rubricNow;
}
