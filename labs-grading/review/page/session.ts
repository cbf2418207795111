import type { AnswerView, QuestionPage, RubricChange, Update } from '../messages.ts';
import { AlikePart } from './alike.ts';
import { AnswerPart } from './answer.ts';
import { api, listen, pageId } from './api.ts';
import { type Actions, bindControls } from './controls.ts';
import { h, part, points } from './dom.ts';
import { GradePart } from './grade.ts';
import { List } from './list.ts';
import { RubricPart } from './rubric.ts';
import { isOpen, State } from './state.ts';

/** One grader at work on one question: what keys and buttons do. */
export class Session implements Actions {
  #state: State;
  #views = new Map<string, Promise<AnswerView | undefined>>();
  readonly #alike = new AlikePart();
  #stop = (): void => undefined;
  readonly #grader = part<HTMLInputElement>('grader');
  readonly #list = new List(index => this.go(index));
  readonly #answer = new AnswerPart();
  readonly #rubric = new RubricPart({
    toggle: id => this.toggle(id),
    change: change => void this.change(change),
    insert: comment => this.insert(comment),
  });
  readonly #grade = new GradePart((row, merged) => {
    this.#state.resolve(row, merged);
    this.render();
  });

  constructor(page: QuestionPage) {
    this.#state = new State(page);
  }

  start(): void {
    const { page } = this.#state;
    this.#grader.value = sessionStorage.getItem('grader') ?? page.grader;
    this.#grader.onchange = () => {
      sessionStorage.setItem('grader', this.#grader.value);
      this.#here();
    };
    document.title = `Review ${page.lab}`;
    part('lab').textContent = page.blind ? `${page.title}, blind` : page.title;
    this.#chooser(page);
    bindControls(this);
    addEventListener('beforeunload', event => {
      if (this.#state.dirty) event.preventDefault();
    });
    this.#listen();
    this.go(this.#state.index);
  }

  go(index: number): void {
    const { rows } = this.#state.page;
    if (rows.length === 0) return void this.#answer.clear('Nobody has answered this question.');
    this.#state.index = Math.min(rows.length - 1, Math.max(0, index));
    this.#here();
    this.render();
  }

  /** Tells the others which answer is shown here. */
  #here(): void {
    const { row } = this.#state;
    if (row) void api.here({ page: pageId, grader: this.grader, key: row.key });
  }

  get grader(): string {
    return this.#grader.value.trim() || this.#state.page.grader;
  }

  /** Steps from the answer that is shown. */
  step(by: number): void {
    this.go(this.#state.index + by);
  }

  nextOpen(): void {
    const { page, index } = this.#state;
    const taken = new Set(this.#state.others.map(({ key }) => key));
    const order = [...page.rows.keys()].map(step => (index + 1 + step) % page.rows.length);
    const open = order.filter(at => at !== index && isOpen(page.rows[at] as never));
    const next = open.find(at => !taken.has(page.rows[at]?.key ?? '')) ?? open[0];
    if (next === undefined) return void this.say('No other answer is ungraded.');
    this.go(next);
  }

  toggle(id: string): void {
    const { row } = this.#state;
    if (!row) return;
    const { items } = this.#state.draft(row);
    this.#state.edit(row, { items: items.includes(id) ? items.filter(one => one !== id) : [...items, id] });
    this.render();
  }

  insert(comment: string): void {
    const { row } = this.#state;
    if (!row) return;
    const before = this.#state.draft(row).comment;
    this.#state.edit(row, { comment: before.trim() === '' ? comment : `${before.trimEnd()}\n${comment}` });
    this.render();
  }

  tick(index: number): void {
    const item = this.#state.page.rubric.items[index];
    if (item) this.toggle(item.id);
  }

  edit(change: { comment?: string; adjustment?: number }): void {
    const { row } = this.#state;
    if (row) this.#state.edit(row, change);
    this.render();
  }

  discard(): void {
    const { row } = this.#state;
    if (row && !this.#state.conflicts.has(row.key)) this.#state.discard(row.key);
    this.render();
  }

  flip(what: 'editing' | 'diff' | 'onlyOpen'): void {
    this.#state[what] = what === 'diff' ? part('diff').ariaPressed !== 'true' : !this.#state[what];
    this.render();
  }

  async apply(): Promise<void> {
    const { row, page } = this.#state;
    if (!row || this.#state.isSaving(row.key)) return;
    if (this.#state.conflicts.has(row.key)) return void this.say('Choose first which of the two versions to go on from.');
    const { items, adjustment, comment, revision } = this.#state.saving(row);
    this.render();
    const where = { question: page.question.question, key: row.key };
    const reply = await api.save(where, { grader: this.grader, items: [...items], adjustment, comment, revision });
    this.#state.saved(row.key, reply.ok ? reply.value : reply.refusal.row, reply.ok);
    this.say(reply.ok ? `${row.label}: ${points(reply.value.score ?? 0)} points applied.` : reply.refusal.reason);
    this.render();
  }

  /** Applies the grade here, then to every ungraded answer with the same text. */
  async applyAlike(): Promise<void> {
    const { row, page } = this.#state;
    if (!row) return;
    await this.apply();
    const state = this.#state;
    const grade = state.page.rows.find(({ key }) => key === row.key)?.grade;
    if (!grade || state.isDirty(row.key) || state.page.question !== page.question) return;
    const done = await this.#alike.spread(state, row.key, { grade, grader: this.grader });
    this.say(`${row.label} and ${done} more with the same text have this grade.`);
    this.render();
  }

  async change(change: RubricChange): Promise<void> {
    const reply = await api.rubric(this.#state.page.question.question, this.grader, change);
    if (!reply.ok) {
      if (reply.refusal.rubric) this.#take({ rows: [], rubric: reply.refusal.rubric });
      return void this.say(reply.refusal.reason);
    }
    const { having, changed } = reply.value;
    const what = `${having} ${having === 1 ? 'answer has' : 'answers have'} this item; ${changed} ${changed === 1 ? 'score' : 'scores'} changed.`;
    this.say('id' in change ? what : 'The rubric is saved.');
    const field = document.getElementById('new-text') as HTMLInputElement | null;
    if (change.change === 'add item') field?.focus();
  }

  say(what: string): void {
    part('status').textContent = what;
  }

  render(): void {
    const { row } = this.#state;
    this.#list.render(this.#state);
    this.#rubric.render(this.#state);
    if (!row) return;
    this.#grade.render(this.#state, row);
    this.#answer.heading(this.#state, row);
    void this.#view(row.key).then(view => {
      if (this.#state.row?.key !== row.key) return;
      if (!view) return void this.#answer.clear('The answer cannot be loaded.');
      this.#answer.heading(this.#state, this.#state.row, view);
      this.#answer.render(this.#state, view);
      void this.#alike.offer(this.#state, row.key);
      const next = this.#state.page.rows[this.#state.index + 1];
      if (next) void this.#view(next.key);
    });
  }

  #view(key: string): Promise<AnswerView | undefined> {
    const known = this.#views.get(key);
    if (known) return known;
    const view = api.answer(this.#state.page.question.question, key).then(reply => {
      if (!reply.ok) this.#views.delete(key);
      return reply.ok ? reply.value : undefined;
    });
    this.#views.set(key, view);
    return view;
  }

  #take({ rows, rubric, here }: Update): void {
    const { row } = this.#state;
    if (here) this.#state.others = here;
    if (rubric) this.#state.page = { ...this.#state.page, rubric };
    this.#state.receive(rows);
    if (row && this.#state.conflicts.has(row.key)) this.say('Someone else graded this answer. Both versions are shown beside it.');
    this.render();
  }

  #listen(): void {
    const { question } = this.#state.page.question;
    this.#stop = listen(question, {
      opened: () => void this.#refresh(question),
      update: update => this.#take(update),
      lost: () => this.say('The server does not answer. Your changes stay here until it does.'),
    });
  }

  /** Everything as it is now: a page that was cut off may have missed changes. */
  async #refresh(question: string): Promise<void> {
    const reply = await api.page(question);
    if (!reply.ok || question !== this.#state.page.question.question) return;
    this.#here();
    this.#take({ rows: reply.value.rows, rubric: reply.value.rubric });
  }

  #chooser({ questions, question }: QuestionPage): void {
    const chooser = part<HTMLSelectElement>('question');
    const option = ({ question: id, title, points: worth, manual }: QuestionPage['question']): HTMLOptionElement =>
      h('option', { value: id, selected: id === question.question }, `${title} (${worth})${manual ? '' : ', checked'}`);
    chooser.replaceChildren(...questions.map(option));
    chooser.onchange = () => void this.#open(chooser);
  }

  async #open(chooser: HTMLSelectElement): Promise<void> {
    const now = this.#state.page.question.question;
    const stay = this.#state.dirty && !confirm('Some changes are not applied and will be dropped. Go to the other question?');
    const reply = stay ? undefined : await api.page(chooser.value);
    if (!reply?.ok) {
      chooser.value = now;
      return;
    }
    this.#stop();
    this.#views = new Map();
    this.#state = new State(reply.value);
    this.#listen();
    this.go(this.#state.index);
  }
}
