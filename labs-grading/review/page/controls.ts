import type { RubricChange } from '../messages.ts';
import { part } from './dom.ts';
import { bindKeys } from './keys.ts';

/** What a grader can do with the answer that is shown. */
export interface Actions {
  step(by: number): void;
  nextOpen(): void;
  tick(index: number): void;
  edit(change: { comment?: string; adjustment?: number }): void;
  discard(): void;
  apply(): Promise<void>;
  applyAlike(): Promise<void>;
  flip(what: 'editing' | 'diff' | 'onlyOpen'): void;
  change(change: RubricChange): Promise<void>;
  say(what: string): void;
}

/** What buttons, fields and keys do. */
export function bindControls(session: Actions): void {
  const click = (id: string, run: () => void): void => {
    part(id).onclick = run;
  };
  click('previous', () => session.step(-1));
  click('next', () => session.step(1));
  click('next-open', () => session.nextOpen());
  click('apply', () => void session.apply());
  click('apply-alike', () => void session.applyAlike());
  click('discard', () => session.discard());
  click('edit', () => session.flip('editing'));
  click('diff', () => session.flip('diff'));
  click('only-open', () => session.flip('onlyOpen'));
  click('bank-add', () => addToBank(session));
  const comment = part<HTMLTextAreaElement>('comment');
  comment.oninput = () => session.edit({ comment: comment.value });
  const adjustment = part<HTMLInputElement>('adjustment');
  adjustment.oninput = () => {
    if (Number.isFinite(adjustment.valueAsNumber)) session.edit({ adjustment: adjustment.valueAsNumber });
  };
  bindKeys(keysOf(session), () => void session.apply());
}

const keysOf = (session: Actions): Parameters<typeof bindKeys>[0] => [
  { key: 'j', does: 'next answer', run: () => session.step(1) },
  { key: 'k', does: 'previous answer', run: () => session.step(-1) },
  { key: 'n', does: 'next ungraded answer, where no one else is', run: () => session.nextOpen() },
  { key: '1 – 9', does: 'tick or untick an item of the rubric', run: key => session.tick(Number(key) - 1) },
  { key: 'c', does: 'write a comment', run: () => part('comment').focus() },
  { key: 'a', does: 'apply the grade', run: () => void session.apply() },
  { key: 'u', does: 'discard what is not applied', run: () => session.discard() },
  { key: 'd', does: 'as it was typed, against the stub, or as it reads', run: () => session.flip('diff') },
  { key: 'e', does: 'edit the rubric', run: () => session.flip('editing') },
];

function addToBank(session: Actions): void {
  const text = part<HTMLTextAreaElement>('comment').value.trim();
  if (text === '') return void session.say('Write a comment first; then it can be kept.');
  void session.change({ change: 'add comment', text });
}
