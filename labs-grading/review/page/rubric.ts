import type { QuestionPage, RubricChange } from '../messages.ts';
import { fill, h, part, points, signedPoints } from './dom.ts';
import type { State } from './state.ts';

type Item = QuestionPage['rubric']['items'][number];

export interface RubricActions {
  readonly toggle: (id: string) => void;
  readonly change: (change: RubricChange) => void;
  readonly insert: (comment: string) => void;
}

/** The rubric's items to tick or to edit, and the comment bank. */
export class RubricPart {
  readonly #do: RubricActions;
  #shown = '';

  constructor(actions: RubricActions) {
    this.#do = actions;
  }

  render(state: State): void {
    const { rubric, rows } = state.page;
    const counts = rubric.items.map(({ id }) => rows.filter(({ grade }) => grade?.items.includes(id)).length);
    const text = JSON.stringify([rubric, state.editing, counts]);
    if (text !== this.#shown) {
      this.#shown = text;
      this.#build(state, counts);
    }
    const ticked = state.row ? state.draft(state.row).items : [];
    for (const { id } of rubric.items) {
      const box = document.getElementById(`item-${id}`) as HTMLInputElement | null;
      if (box) box.checked = ticked.includes(id);
    }
  }

  /** Keeps the keyboard where it was: the same field of the same item. */
  #build({ page: { rubric, question }, editing }: State, counts: readonly number[]): void {
    const focused = document.activeElement?.id ?? '';
    part('edit').ariaPressed = String(editing);
    const items = rubric.items.map((item, index) =>
      editing ? this.#editor(item, counts[index] ?? 0) : this.#item(item, { index, count: counts[index] ?? 0 }),
    );
    const from = question.manual ? (rubric.mode === 'deduct' ? `all ${points(question.points)} points` : '0') : 'what the checks gave';
    fill(
      part('items'),
      h('p', { className: 'soft small' }, `Starts from ${from}.`),
      items.length === 0 && !editing ? h('p', { className: 'soft' }, 'No items yet. Edit adds some.') : undefined,
      h('ol', { className: 'items' }, ...items.map(item => h('li', {}, item))),
      editing ? this.#adder(rubric) : undefined,
    );
    this.#bank(rubric.comments, editing);
    if (focused !== '') document.getElementById(focused)?.focus();
  }

  #item({ id, points: worth, text }: Item, { index, count }: { index: number; count: number }): HTMLElement {
    return h(
      'label',
      { className: 'item' },
      h('input', { type: 'checkbox', id: `item-${id}`, onchange: () => this.#do.toggle(id) }),
      index < 9 ? h('kbd', {}, String(index + 1)) : undefined,
      h('span', { className: 'what' }, text),
      h('span', { className: 'used', title: 'answers that have it' }, `${count}×`),
      h('span', { className: 'worth' }, signedPoints(worth)),
    );
  }

  #editor(item: Item, count: number): HTMLElement {
    const { id } = item;
    const was = { points: item.points, text: item.text };
    const worth = h('input', {
      type: 'number',
      step: 'any',
      id: `points-${id}`,
      value: String(item.points),
      ariaLabel: `Points of “${item.text}”`,
    });
    const text = h('textarea', { id: `text-${id}`, rows: 2, value: item.text, ariaLabel: `Text of “${item.text}”`, maxLength: 2000 });
    const send = (): void => {
      if (!Number.isFinite(worth.valueAsNumber) || text.value.trim() === '') return;
      if (worth.valueAsNumber === was.points && text.value.trim() === was.text) return;
      this.#do.change({ change: 'edit item', id, was, points: worth.valueAsNumber, text: text.value.trim() });
    };
    worth.onchange = send;
    text.onchange = send;
    const remove = h('button', { type: 'button', className: 'quiet', ariaLabel: `Remove “${item.text}”` }, 'Remove');
    remove.onclick = () => {
      const sure = count === 0 || confirm(`${count} answers have “${item.text}”. It will count nothing for them. Remove it?`);
      if (sure) this.#do.change({ change: 'remove item', id, was });
    };
    return h('div', { className: 'item-editor' }, worth, h('span', { className: 'used' }, `${count}×`), remove, text);
  }

  #adder({ mode, items }: QuestionPage['rubric']): HTMLElement {
    const worth = h('input', {
      type: 'number',
      step: 'any',
      id: 'new-points',
      value: mode === 'deduct' ? '-1' : '1',
      ariaLabel: 'Points of the new item',
    });
    const text = h('input', { id: 'new-text', placeholder: 'New item', ariaLabel: 'Text of the new item', maxLength: 2000 });
    const add = (event: Event): void => {
      event.preventDefault();
      if (text.value.trim() === '' || !Number.isFinite(worth.valueAsNumber)) return void text.focus();
      this.#do.change({ change: 'add item', points: worth.valueAsNumber, text: text.value.trim() });
    };
    const turn = (): void => this.#do.change({ change: 'mode', mode: mode === 'deduct' ? 'add' : 'deduct' });
    const other = mode === 'deduct' ? 'Start from 0 instead' : 'Start from all points instead';
    return h(
      'form',
      { className: 'item-editor', onsubmit: add },
      worth,
      text,
      h('button', { className: 'quiet' }, 'Add item'),
      items.length === 0 ? h('button', { type: 'button', className: 'quiet', onclick: turn }, other) : undefined,
    );
  }

  #bank(comments: readonly string[], editing: boolean): void {
    const line = (text: string): HTMLElement =>
      h(
        'li',
        {},
        h('button', { type: 'button', title: 'Insert into the comment', onclick: () => this.#do.insert(text) }, text),
        editing
          ? h(
              'button',
              {
                type: 'button',
                className: 'quiet',
                onclick: () => this.#do.change({ change: 'remove comment', text }),
                ariaLabel: `Remove “${text}” from the bank`,
              },
              'Remove',
            )
          : undefined,
      );
    fill(
      part('bank'),
      ...(comments.length > 0 ? comments.map(line) : [h('li', { className: 'soft' }, 'Comments that you add are one click away here.')]),
    );
  }
}

/** Words of a grade's items, for a person. */
export function itemTexts({ rubric }: QuestionPage, ids: readonly string[]): string[] {
  return ids.map(id => {
    const item = rubric.items.find(one => one.id === id);
    return item ? `${item.text} (${points(item.points)})` : `an item that was removed (${id})`;
  });
}
