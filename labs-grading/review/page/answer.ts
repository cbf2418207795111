import type { AnswerLine, AnswerRow, AnswerView } from '../messages.ts';
import { api } from './api.ts';
import { fill, h, part } from './dom.ts';
import type { State } from './state.ts';

type Check = AnswerView['checks'][number];

/** A frame without rights. It cannot be measured: its height is a guess, and a grader can drag it. */
function frame({ title, height, address }: { title: string; height: number; address: string }): HTMLElement {
  const element = h('iframe', { title, height: String(Math.min(640, height + 24)) });
  element.setAttribute('sandbox', '');
  element.src = address;
  return element;
}

/** The answer that is graded now: its text, its outputs in a frame without rights, what the checks found. */
export class AnswerPart {
  #shown = '';

  /** Title and notes, which are known before the answer has come. */
  heading(state: State, row: AnswerRow, view?: AnswerView): void {
    const { rows } = state.page;
    part('answer-title').textContent = row.label;
    part('place').textContent = [row.id, `${state.index + 1} of ${rows.length}`].filter(Boolean).join(' · ');
    fill(part('notes'), ...[...row.notes, ...(view?.notes ?? [])].map(note => h('li', {}, note)));
  }

  render(state: State, view: AnswerView): void {
    this.#text(state.page.question.question, view, state.diff ?? view.kind === 'code');
    if (this.#shown === view.key) return;
    this.#shown = view.key;
    part('asked').textContent = view.asked;
    part('asked-card').hidden = view.asked === '';
    this.#outputs(state.page.question.question, view);
    this.#checks(view);
  }

  /** Takes away the answer before another one comes. */
  clear(why: string): void {
    this.#shown = '';
    fill(part('text'), h('p', { className: 'soft' }, why));
    part('outputs-card').hidden = true;
    fill(part('outputs'));
    fill(part('checks'));
  }

  /** Code, and any text against the stub, as it was typed; else the text as it reads, in a frame without rights. */
  #text(question: string, { key, lines, missing, kind, proseHeight }: AnswerView, diff: boolean): void {
    part('diff').ariaPressed = String(diff);
    if (missing !== undefined) return void fill(part('text'), h('p', { className: 'missing' }, missing));
    const shown = diff ? lines : lines.filter(line => line.kind !== 'removed');
    const unchanged = lines.every(line => line.kind === 'same');
    fill(
      part('text'),
      unchanged ? h('p', { className: 'missing' }, 'This is still the text that was handed out.') : undefined,
      !diff && proseHeight > 0
        ? frame({ title: 'The answer as it reads', height: proseHeight, address: api.prose(question, key) })
        : h('pre', { className: diff ? `${kind} diff` : kind }, ...shown.map(line => this.#line(line, diff))),
    );
  }

  #line({ kind, text }: AnswerLine, diff: boolean): HTMLElement {
    const tag = !diff || kind === 'same' ? 'span' : kind === 'added' ? 'ins' : 'del';
    return h(tag, { className: 'line' }, text === '' ? '\n' : text);
  }

  #outputs(question: string, { key, outputHeight }: AnswerView): void {
    part('outputs-card').hidden = outputHeight === 0;
    if (outputHeight === 0) return void fill(part('outputs'));
    const title = 'Outputs in the student’s notebook';
    fill(part('outputs'), frame({ title, height: outputHeight, address: api.outputs(question, key) }));
  }

  #checks({ checks, state }: AnswerView): void {
    if (state === '') return void fill(part('checks'), h('p', { className: 'soft' }, 'No check asks this question; people grade it.'));
    const passed = checks.filter(check => check.passed).length;
    fill(
      part('checks'),
      h('p', {}, checks.length === 0 ? state : `${state}: ${passed} of ${checks.length} passed`),
      h('ul', { className: 'checks' }, ...checks.map(check => this.#check(check))),
    );
  }

  #check({ asked, passed, hidden, expected, got, hint }: Check): HTMLElement {
    const fact = (name: string, value: string | undefined): HTMLElement | undefined =>
      value === undefined || passed ? undefined : h('div', {}, h('span', { className: 'soft' }, `${name} `), h('code', {}, value));
    return h(
      'li',
      { className: passed ? 'passed' : 'failed' },
      h('span', { className: 'verdict' }, passed ? 'passed' : 'failed'),
      ` ${asked}${hidden ? ' (hidden)' : ''}`,
      fact('expected', expected),
      fact('got', got),
      hint !== undefined && !passed ? h('div', { className: 'soft' }, hint) : undefined,
    );
  }
}
