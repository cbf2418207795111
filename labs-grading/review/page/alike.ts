import type { Grade } from '../messages.ts';
import { api } from './api.ts';
import { part } from './dom.ts';
import { isOpen, type State } from './state.ts';

/** Answers with the same text as the one that is shown: graded together, where nobody has graded them. */
export class AlikePart {
  readonly #known = new Map<string, Promise<readonly string[]>>();

  /** Shows how many there are, once that is known. */
  async offer(state: State, key: string): Promise<void> {
    const button = part<HTMLButtonElement>('apply-alike');
    button.hidden = true;
    const open = openAmong(state, await this.#keys(state, key)).length;
    if (state.row?.key !== key) return;
    button.hidden = open === 0;
    button.textContent = `Apply here and to ${open} ungraded with the same text`;
  }

  /** Gives all of them the grade of one; returns how many. What someone else graded meanwhile stays. */
  async spread(state: State, key: string, { grade, grader }: { grade: Grade; grader: string }): Promise<number> {
    const { items, adjustment, comment } = grade;
    const edit = { grader, items: [...items], adjustment, comment, revision: 0 };
    let done = 0;
    for (const other of openAmong(state, await this.#keys(state, key))) {
      const reply = await api.save({ question: state.page.question.question, key: other }, edit);
      if (!reply.ok) continue;
      done++;
      state.receive([reply.value]);
    }
    return done;
  }

  #keys(state: State, key: string): Promise<readonly string[]> {
    const known = this.#known.get(key);
    if (known) return known;
    const keys = api.alike(state.page.question.question, key).then(reply => (reply.ok ? reply.value : []));
    this.#known.set(key, keys);
    return keys;
  }
}

/** Those of the answers that nobody has graded or begun to. */
function openAmong(state: State, keys: readonly string[]): string[] {
  const among = new Set(keys);
  return state.page.rows.flatMap(row => (among.has(row.key) && isOpen(row) && !state.isDirty(row.key) ? [row.key] : []));
}
