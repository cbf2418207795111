import type { MimeBundle } from '../display/bundle.ts';
import type { Header } from '../wire/message.ts';
import { createWholeText } from './whole-text.ts';

export type Publish = (type: string, content: unknown, parent?: Header) => void;

export interface Shown {
  readonly data: MimeBundle;
  readonly metadata?: MimeBundle | undefined;
  /** Name under which the output can be replaced later. */
  readonly id?: string | undefined;
}

/** What one cell sends to the notebook. Text is gathered and sent in pieces; everything keeps its order. */
export interface Output {
  write(name: StreamName, chunk: string | Uint8Array): void;
  display(shown: Shown): void;
  update(shown: Shown & { readonly id: string }): void;
  clear(wait: boolean): void;
  /** Says what the cell waits for, until something else comes of it, or `clearStatus`: nothing of it stays in the notebook. */
  status(text: string): void;
  clearStatus(): void;
  /** Any other message of the cell, after all text written so far. */
  send(type: string, content: unknown): void;
  flush(): void;
  /** Sends what is left when the cell has ended. What its timers print later is sent as it comes. */
  end(): void;
}

export type StreamName = 'stdout' | 'stderr';

const flushMs = 50;
const flushLength = 65_536;
const updateMs = 100;
/** Limits of one cell, in characters. A notebook that is larger can hardly be opened again. */
export const textLimit = 2_000_000;
export const displayLimit = 16_000_000;

// Taken before cells can replace them, and free of the wrapper that silences an interrupted cell's timers.
const { setTimeout: later, clearTimeout: cancel } = globalThis;

export function createOutput(send: (type: string, content: unknown) => void): Output {
  const { status, clear, publish } = createStatus(send);
  const text = createText(publish);
  const updates = createUpdates(content => {
    text.flush();
    publish('update_display_data', content);
  });
  let shownLength = 0;
  const flush = () => {
    text.flush();
    updates.flush();
  };
  const publishInOrder = (type: string, content: unknown) => {
    flush();
    publish(type, content);
  };
  return {
    write: text.write,
    flush,
    status,
    clearStatus: clear,
    end() {
      clear();
      text.end();
      flush();
    },
    send: publishInOrder,
    display(shown) {
      const before = shownLength;
      shownLength += JSON.stringify(shown.data).length;
      if (shownLength <= displayLimit) publishInOrder('display_data', content(shown));
      else if (before <= displayLimit) text.notice('The cell has shown more than 16 MB; further displays are left out.');
    },
    update: shown => updates.add(shown.id, content(shown)),
    clear: wait => publishInOrder('clear_output', { wait }),
  };
}

const content = ({ data, metadata = {}, id }: Shown) => ({ data, metadata, transient: id === undefined ? {} : { display_id: id } });

/** A line that stands in the output until anything else is published. */
function createStatus(send: (type: string, content: unknown) => void) {
  let shown = false;
  const clear = () => {
    if (shown) send('clear_output', { wait: false });
    shown = false;
  };
  return {
    clear,
    status(text: string) {
      send('display_data', content({ data: { 'text/plain': text } }));
      shown = true;
    },
    publish(type: string, message: unknown) {
      clear();
      send(type, message);
    },
  };
}

/** Streams, sent when 50 ms or 64 KB have gathered, up to the limit. */
function createText(publish: (type: string, content: unknown) => void) {
  const pieces: { name: string; text: string }[] = [];
  let gathered = 0;
  let total = 0;
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  const publishAll = () => {
    cancel(timer);
    timer = undefined;
    last = performance.now();
    gathered = 0;
    for (const piece of pieces.splice(0)) publish('stream', piece);
  };
  const add = (name: string, text: string) => {
    const piece = pieces.at(-1);
    if (piece?.name === name) piece.text += text;
    else pieces.push({ name, text });
    gathered += text.length;
    if (gathered >= flushLength || performance.now() - last >= flushMs) publishAll();
    else timer ??= later(publishAll, flushMs);
  };
  const notice = (text: string) => add('stderr', `\n[${text}]\n`);
  const streams = { stdout: createWholeText(), stderr: createWholeText() };
  const limited = (name: StreamName, text: string) => {
    if (total > textLimit || text === '') return;
    const room = textLimit - total;
    total += text.length;
    if (text.length <= room) return add(name, text);
    if (room > 0) add(name, text.slice(0, room).replace(/[\ud800-\udbff]$/, ''));
    notice('The cell has printed more than 2 MB; the rest is left out.');
  };
  let ended = false;
  const rest = (name: StreamName) => limited(name, streams[name].end());
  const write: Output['write'] = (name, chunk) => {
    limited(name, streams[name].push(chunk));
    if (ended) rest(name);
  };
  const end = () => {
    ended = true;
    rest('stdout');
    rest('stderr');
  };
  return { write, end, flush: publishAll, notice };
}

/** Updates of one display, at most ten a second; the last one always arrives. */
function createUpdates(publish: (content: unknown) => void) {
  const waiting = new Map<string, unknown>();
  const sent = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    cancel(timer);
    timer = undefined;
    for (const [id, content] of waiting) {
      sent.set(id, performance.now());
      publish(content);
    }
    waiting.clear();
  };
  const add = (id: string, content: unknown) => {
    waiting.set(id, content);
    const due = (sent.get(id) ?? Number.NEGATIVE_INFINITY) + updateMs - performance.now();
    if (due <= 0) flush();
    else timer ??= later(flush, due);
  };
  return { add, flush };
}
