import type { Duplex } from 'node:stream';
import { encodeFrame, FrameError, FrameReader } from './inside/frames.ts';
import { type Frame, frameSchema, newId, type Reply, type Request } from './protocol.ts';

/** Answers a call back into the check while a request is outstanding. */
export type CallbackHandler = (name: string, args: readonly unknown[]) => Promise<unknown>;

interface Outstanding {
  readonly id: string;
  readonly resolve: (reply: Reply) => void;
  readonly callback: CallbackHandler | undefined;
  calling: boolean;
}

/** Callbacks that one request may make. */
const maximumCallbacks = 10_000;

/**
 * The supervisor's end of the one channel to a sandbox: one request at a time, each with a random id. Anything else that comes
 * (a frame that nobody asked for, another id, a broken frame) is a breach: the other side is finished.
 */
export class Channel {
  readonly #stream: Duplex;
  readonly #reader = new FrameReader();
  readonly #reportBreach: (reason: string) => void;
  #outstanding: Outstanding | undefined;
  #callbacks = 0;
  /** Settles, with the reason, when the other side breaks the rules. */
  readonly breach: Promise<string>;

  constructor(stream: Duplex) {
    this.#stream = stream;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.breach = promise;
    this.#reportBreach = resolve;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    // A dead sandbox is noticed by its exit, not by its pipe.
    stream.on('error', () => {});
  }

  /** Sends one request; the promise settles when the answer comes, and never if it does not. */
  ask(request: Request, callback?: CallbackHandler): Promise<Reply> {
    if (this.#outstanding) throw new Error('a request is outstanding already');
    const id = newId();
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#outstanding = { id, resolve, callback, calling: false };
    this.#callbacks = 0;
    this.#stream.write(encodeFrame({ id, ...request }));
    return promise;
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#take(frame);
    } catch (error) {
      this.#stream.destroy();
      this.#reportBreach(error instanceof FrameError ? error.message : String(error));
    }
  }

  #take(raw: unknown): void {
    const outstanding = this.#outstanding;
    if (!outstanding || outstanding.calling) throw new FrameError('a frame came that nobody had asked for');
    const frame = frameSchema.safeParse(raw);
    if (!frame.success) throw new FrameError('a frame came that is no answer');
    if (frame.data.id !== outstanding.id) throw new FrameError('an answer came to a question that was not asked');
    if ('callback' in frame.data) this.#callBack(outstanding, frame.data);
    else this.#settle(outstanding, frame.data);
  }

  #settle(outstanding: Outstanding, frame: Exclude<Frame, { callback: string }>): void {
    this.#outstanding = undefined;
    outstanding.resolve(frame.ok ? { ok: true, value: frame.value } : { ok: false, fault: frame.fault });
  }

  #callBack(outstanding: Outstanding, frame: Extract<Frame, { callback: string }>): void {
    if (!outstanding.callback) throw new FrameError('a callback came where none was offered');
    if (++this.#callbacks > maximumCallbacks) throw new FrameError(`more than ${maximumCallbacks} callbacks`);
    outstanding.calling = true;
    outstanding.callback(frame.callback, frame.args).then(
      answer => {
        outstanding.calling = false;
        if (this.#outstanding === outstanding) this.#stream.write(encodeFrame({ id: outstanding.id, answer }));
      },
      error => this.#reportBreach(String(error)),
    );
  }
}
