import type { AnswerRow } from '../messages.ts';
import { fill, h, part, points } from './dom.ts';
import { itemTexts } from './rubric.ts';
import type { Draft, State } from './state.ts';

/** Score, comment and where the grade comes from; two versions side by side where someone else was faster. */
export class GradePart {
  readonly #resolve: (row: AnswerRow, merged: Omit<Draft, 'revision'> | undefined) => void;

  constructor(resolve: (row: AnswerRow, merged: Omit<Draft, 'revision'> | undefined) => void) {
    this.#resolve = resolve;
  }

  render(state: State, row: AnswerRow): void {
    const draft = state.draft(row);
    const score = state.score(row);
    part('score').textContent = score === undefined ? '–' : points(score);
    part('points').textContent = `/ ${points(state.page.question.points)}`;
    const checks = row.automatic === undefined ? [] : [`The checks gave ${points(row.automatic)}.`];
    part('origin').textContent = [...checks, `Lab total: ${points(row.total)} of ${points(row.maximum)}.`].join(' ');
    setValue(part<HTMLTextAreaElement>('comment'), draft.comment);
    const adjustment = part<HTMLInputElement>('adjustment');
    if (adjustment.valueAsNumber !== draft.adjustment) adjustment.value = String(draft.adjustment);
    part('saved').textContent = this.#provenance(state, row);
    part<HTMLButtonElement>('apply').disabled = state.isSaving(row.key) || state.conflicts.has(row.key);
    part<HTMLButtonElement>('discard').disabled = !state.isDirty(row.key) || state.conflicts.has(row.key);
    this.#conflict(state, row);
  }

  #provenance(state: State, { key, grade }: AnswerRow): string {
    const saved = grade
      ? `Graded by ${grade.grader}, ${new Date(grade.at).toLocaleString()}, revision ${grade.revision}.`
      : 'Not graded yet.';
    if (state.isSaving(key)) return 'Saving …';
    return state.isDirty(key) ? `Your changes are not applied yet. ${saved}` : saved;
  }

  #conflict(state: State, row: AnswerRow): void {
    const panel = part('conflict');
    const theirs = state.conflicts.get(row.key);
    const text = theirs ? JSON.stringify([theirs.grade, state.draft(row), state.page.rubric]) : '';
    if (panel.dataset.shown === text) return;
    panel.dataset.shown = text;
    panel.hidden = theirs === undefined;
    if (!theirs) return void fill(panel);
    const mine = state.draft(row);
    const their: Draft = theirs.grade ?? { items: [], adjustment: 0, comment: '', revision: 0 };
    const both = {
      items: [...new Set([...their.items, ...mine.items])],
      adjustment: mine.adjustment || their.adjustment,
      comment: their.comment === mine.comment ? mine.comment : [their.comment, mine.comment].filter(Boolean).join('\n\n'),
    };
    const button = (label: string, merged: Omit<Draft, 'revision'> | undefined): HTMLElement =>
      h('button', { type: 'button', onclick: () => this.#resolve(theirs, merged) }, label);
    fill(
      panel,
      h('h3', {}, `${theirs.grade?.grader ?? 'Someone'} graded this answer while you did`),
      h('p', {}, 'Nothing of either is lost. Choose what to go on from, then apply.'),
      h('div', { className: 'versions' }, version(state, 'Theirs', their), version(state, 'Yours', mine)),
      h('div', { className: 'actions' }, button('Take theirs', undefined), button('Keep mine', mine), button('Merge both', both)),
    );
  }
}

function version(state: State, title: string, { items, adjustment, comment }: Draft): HTMLElement {
  const lines = [
    ...itemTexts(state.page, items),
    ...(adjustment === 0 ? [] : [`adjustment ${points(adjustment)}`]),
    ...(comment === '' ? [] : [`“${comment}”`]),
  ];
  return h(
    'section',
    {},
    h('h4', {}, title),
    h('ul', {}, ...(lines.length > 0 ? lines : ['nothing ticked']).map(line => h('li', {}, line))),
  );
}

/** Leaves the caret alone where the text is the same. */
function setValue(field: HTMLTextAreaElement, value: string): void {
  if (field.value !== value) field.value = value;
}
