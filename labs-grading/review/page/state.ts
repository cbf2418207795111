import { manualScore } from '../../gradebook/policy/manual-score.ts';
import type { AnswerRow, Grade, Presence, QuestionPage } from '../messages.ts';

/** What a grader chose and has not applied; `revision` is the one that it was made from. */
export type Draft = Pick<Grade, 'items' | 'adjustment' | 'comment' | 'revision'>;

const untouched: Draft = { items: [], adjustment: 0, comment: '', revision: 0 };

const same = (a: Draft, b: Draft): boolean =>
  a.adjustment === b.adjustment && a.comment === b.comment && [...a.items].sort().join('\n') === [...b.items].sort().join('\n');

/** Everything that the page knows. Drafts outlive moving to another answer, and what others save meanwhile. */
export class State {
  page: QuestionPage;
  index = 0;
  onlyOpen = false;
  editing = false;
  /** Whether changes against the stub are shown; by default for code, whose stub stays in part. */
  diff?: boolean;
  others: readonly Presence[] = [];
  /** Another grade that was saved while a draft was open, by answer. */
  readonly conflicts = new Map<string, AnswerRow>();
  readonly #drafts = new Map<string, Draft>();
  readonly #saving = new Map<string, Draft>();

  constructor(page: QuestionPage) {
    this.page = page;
    this.index = Math.max(0, page.rows.findIndex(isOpen));
  }

  get row(): AnswerRow | undefined {
    return this.page.rows[this.index];
  }

  get graded(): number {
    return this.page.rows.filter(row => !isOpen(row)).length;
  }

  get dirty(): boolean {
    return this.#drafts.size > 0;
  }

  isDirty(key: string): boolean {
    return this.#drafts.has(key);
  }

  draft(row: AnswerRow): Draft {
    return this.#drafts.get(row.key) ?? row.grade ?? untouched;
  }

  edit(row: AnswerRow, change: Partial<Draft>): void {
    const next = { ...this.draft(row), ...change };
    if (same(next, row.grade ?? untouched) && !this.conflicts.has(row.key)) this.#drafts.delete(row.key);
    else this.#drafts.set(row.key, next);
  }

  discard(key: string): void {
    this.#drafts.delete(key);
    this.conflicts.delete(key);
  }

  /** Score of the draft; undefined while nobody has graded, changed or checked anything. */
  score(row: AnswerRow): number | undefined {
    if (!row.grade && !this.isDirty(row.key)) return row.automatic;
    const { points, manual } = this.page.question;
    const facts = { maximum: points, ...(!manual && { automatic: row.automatic ?? 0 }) };
    return manualScore(this.page.rubric, this.draft(row), facts);
  }

  /** Takes in rows as the server has them now. A draft that was made from an older grade is in conflict with it. */
  receive(rows: readonly AnswerRow[]): void {
    const byKey = new Map(rows.map(row => [row.key, row]));
    const known = new Set(this.page.rows.map(({ key }) => key));
    const now = this.page.rows.map(row => byKey.get(row.key) ?? row);
    this.page = { ...this.page, rows: [...now, ...rows.filter(({ key }) => !known.has(key))] };
    for (const row of rows) if (!this.#saving.has(row.key)) this.#compare(row);
  }

  #compare(row: AnswerRow): void {
    const draft = this.#drafts.get(row.key);
    if (!draft || draft.revision === (row.grade?.revision ?? 0)) return;
    if (same(draft, row.grade ?? untouched)) this.discard(row.key);
    else this.conflicts.set(row.key, row);
  }

  /** Begins to save; what comes back is given to `saved`. */
  saving(row: AnswerRow): Draft {
    const draft = this.draft(row);
    this.#saving.set(row.key, draft);
    return draft;
  }

  isSaving(key: string): boolean {
    return this.#saving.has(key);
  }

  /** The server's answer to a save: its row where there is one. Changes made since the save began stay a draft. */
  saved(key: string, row: AnswerRow | undefined, ok: boolean): void {
    const sent = this.#saving.get(key);
    const draft = this.#drafts.get(key);
    this.#saving.delete(key);
    if (ok && sent && draft) {
      if (same(sent, draft)) this.discard(key);
      else this.#drafts.set(key, { ...draft, revision: row?.grade?.revision ?? draft.revision });
    }
    if (!ok && row && !draft && sent) this.#drafts.set(key, sent);
    if (row) this.receive([row]);
  }

  /** Ends a conflict: the draft is what was merged, made from their grade. */
  resolve(row: AnswerRow, merged: Omit<Draft, 'revision'> | undefined): void {
    this.discard(row.key);
    if (merged) this.edit(row, { ...merged, revision: row.grade?.revision ?? 0 });
  }
}

/** True where nobody has graded. */
export const isOpen = (row: AnswerRow): boolean => row.grade === undefined;
