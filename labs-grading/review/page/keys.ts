import { fill, h, part } from './dom.ts';

export interface Key {
  readonly key: string;
  readonly does: string;
  readonly run: (key: string) => void;
}

const inText = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && !['checkbox', 'button'].includes(target.type));

/** Single keys outside of text fields, and a dialog that lists them and can switch them off. */
export function bindKeys(keys: readonly Key[], apply: () => void): void {
  const help = part<HTMLDialogElement>('help');
  const on = part<HTMLInputElement>('keys-on');
  const open = (): void => help.showModal();
  const all = [...keys, { key: '?', does: 'this list', run: open }];
  const byKey = new Map(all.flatMap(entry => keysOf(entry.key).map(key => [key, entry] as const)));
  fill(
    part('keys'),
    ...all.flatMap(({ key, does }) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)]),
    h('dt', {}, h('kbd', {}, 'Ctrl + Enter')),
    h('dd', {}, 'apply, from the comment too'),
    h('dt', {}, h('kbd', {}, 'Esc')),
    h('dd', {}, 'leave a text field'),
  );
  part('help-open').onclick = open;
  document.addEventListener('keydown', event => {
    if (help.open) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return taken(event, apply);
    if (event.key === 'Escape' && inText(event.target)) return taken(event, () => part('answer').focus());
    if (event.ctrlKey || event.metaKey || event.altKey || !on.checked || inText(event.target)) return;
    const entry = byKey.get(event.key);
    if (entry) taken(event, () => entry.run(event.key));
  });
}

const keysOf = (key: string): string[] => (key === '1 – 9' ? [...'123456789'] : [key]);

function taken(event: Event, run: () => void): void {
  event.preventDefault();
  run();
}
