import type { AnswerRow } from '../messages.ts';
import { fill, h, part, points } from './dom.ts';
import { isOpen, type State } from './state.ts';

/** The list of answers, and how far the class is. */
export class List {
  readonly #rows = part<HTMLOListElement>('rows');
  readonly #choose: (index: number) => void;
  #shown: readonly AnswerRow[] = [];
  #buttons: readonly HTMLButtonElement[] = [];

  constructor(choose: (index: number) => void) {
    this.#choose = choose;
  }

  render(state: State): void {
    const { rows, question } = state.page;
    const progress = part<HTMLProgressElement>('progress');
    progress.max = Math.max(1, rows.length);
    progress.value = state.graded;
    part('progress-text').textContent = `${state.graded} of ${rows.length} graded`;
    if (rows.map(({ key }) => key).join() !== this.#shown.map(({ key }) => key).join()) this.#build(rows);
    this.#shown = rows;
    for (const [index, row] of rows.entries()) this.#update(state, { row, index, maximum: question.points });
  }

  #build(rows: readonly AnswerRow[]): void {
    this.#buttons = rows.map((_, index) => h('button', { type: 'button', onclick: () => this.#choose(index) }));
    fill(this.#rows, ...this.#buttons.map(button => h('li', {}, button)));
  }

  #update(state: State, { row, index, maximum }: { row: AnswerRow; index: number; maximum: number }): void {
    const button = this.#buttons[index];
    if (!button) return;
    const current = index === state.index;
    const here = state.others.filter(({ key }) => key === row.key).map(({ grader }) => grader);
    const mark = state.conflicts.has(row.key) ? 'conflict' : state.isDirty(row.key) ? 'not applied' : '';
    const score = row.score === undefined ? '–' : points(row.score);
    const text = [row.label, here.join(), mark, score, String(isOpen(row))].join('\0');
    if (button.dataset.text !== text) {
      button.dataset.text = text;
      button.classList.toggle('open', isOpen(row));
      fill(
        button,
        h('span', { className: 'name', title: row.id ?? '' }, row.label),
        here.length > 0 ? h('span', { className: 'here' }, `${here.join(', ')} is here`) : undefined,
        mark ? h('span', { className: 'mark' }, mark) : undefined,
        h('span', { className: 'number', title: isOpen(row) ? 'not graded' : `of ${points(maximum)}` }, score),
      );
    }
    button.parentElement?.toggleAttribute('hidden', state.onlyOpen && !isOpen(row) && !current);
    if (!current) return void button.removeAttribute('aria-current');
    if (button.ariaCurrent === 'true') return;
    button.ariaCurrent = 'true';
    button.scrollIntoView({ block: 'nearest' });
  }
}
