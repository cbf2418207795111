import { predict } from '../model/forward.ts';
import type { Model } from '../model/model.ts';
import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { answerLoop } from './loops/answer.ts';
import type { LoopAnswer, LoopRequest } from './loops/messages.ts';
import { readReply } from './loops/read-reply.ts';
import { type Fault, type FaultKind, StudentFault } from './student-fault.ts';
import type { Wire } from './wire.ts';

/** What a check may ask of the code it checks. Nothing else crosses. */
export type Request =
  | { readonly op: 'call'; readonly name: string; readonly args: readonly Wire[] }
  | { readonly op: 'apply'; readonly handle: string; readonly args: readonly Wire[] }
  | { readonly op: 'read'; readonly name: string }
  /** A question starts: `withhold`s these exports, and forgets the handles of the one before. */
  | { readonly op: 'begin'; readonly withhold: readonly string[] };

/** A value, or why none came. */
export type Reply = { readonly ok: true; readonly value: Wire } | { readonly ok: false; readonly fault: Fault };

/** A call back into the check, while a request is being answered. */
export type Callback = (id: string, args: readonly Wire[]) => Promise<Reply>;

/** Carries requests to the student's side: a function call in the notebook, frames to a sandbox in the grader. */
export interface Channel {
  /** Asks, and answers the callbacks that come meanwhile. */
  send(request: Request, callback: Callback): Promise<Reply>;
  /** The deliverable of this name, or a fault of the kinds missing and refused. It never runs student code. */
  deliverable(name: string): Promise<unknown>;
  /** Runs a model that was handed in on a batch [N, …]; a grader does it in a sandbox of its own. Without it, this process does. */
  predict?(model: Model, inputs: NDArray): Promise<NDArray>;
  /** Compiles a loop that a student wrote and calls it: a `LoopReply`, which may be hostile. A grader does it in a sandbox; without it, this process does. */
  loop?(request: LoopRequest): Promise<unknown>;
}

/** The student's side as a check sees it. Every method throws `StudentFault` when no value comes. */
export interface Session {
  /** A question starts: these exports of the library are absent, and earlier handles end. */
  begin(withhold: readonly string[]): Promise<void>;
  /** What a function of the student returns. */
  call(name: string, args: readonly unknown[]): Promise<unknown>;
  /** The value of a name. */
  read(name: string): Promise<unknown>;
  /** What was handed in under this name. */
  deliverable(name: string): Promise<unknown>;
  /** Scores of a handed-in model for a batch [N, …]. */
  predict(model: Model, inputs: NDArray): Promise<NDArray>;
  /** What calls of a student's loop give, an answer a call. */
  loop(request: LoopRequest): Promise<LoopAnswer[]>;
}

type Checker = (...args: unknown[]) => unknown;

/** A function of the check that the student's code may call while it answers; `q.callback` makes one. */
export class CheckerCallback {
  readonly fn: Checker;
  readonly limit: number;
  calls = 0;

  constructor(fn: Checker, limit: number) {
    this.fn = fn;
    this.limit = limit;
  }
}

/** Tensor arguments are uploaded on the student's side, so here an array stays an array. */
export interface SessionOptions {
  /** Reads a tensor that the check itself passes as an argument. */
  readonly tensor?: (value: object) => NDArray | undefined;
}

/** A session over a channel: values pass through the codec both ways, callbacks live as long as the call they were passed to. */
export function sessionOver(channel: Channel, options: SessionOptions = {}): Session {
  const ask = async (make: (write: (v: unknown) => Wire) => Request): Promise<unknown> => {
    const callbacks = new Map<string, CheckerCallback>();
    const write = (v: unknown): Wire => {
      if (!(v instanceof CheckerCallback)) return encode(v, { tensor: options.tensor });
      const id = `callback-${callbacks.size}`;
      callbacks.set(id, v);
      return { kind: 'function', id, name: v.fn.name };
    };
    const reply = await channel.send(make(write), (id, args) => answerCallback(callbacks.get(id), args));
    callbacks.clear();
    if (!reply.ok) throw new StudentFault(reply.fault);
    return decodeReply(reply.value, (handle, args) => ask(w => ({ op: 'apply', handle, args: args.map(w) })));
  };
  return {
    begin: async withhold => void (await ask(() => ({ op: 'begin', withhold }))),
    call: (name, args) => ask(write => ({ op: 'call', name, args: args.map(write) })),
    read: name => ask(() => ({ op: 'read', name })),
    deliverable: name => channel.deliverable(name),
    predict: async (model, inputs) => (channel.predict ? channel.predict(model, inputs) : predict(model, inputs)),
    loop: async request => readReply(request, await (channel.loop ? channel.loop(request) : answerLoop(request))),
  };
}

function decodeReply(value: Wire, apply: (handle: string, args: unknown[]) => Promise<unknown>): unknown {
  try {
    return decode(value, {
      handle:
        id =>
        (...args: unknown[]) =>
          apply(id, args),
    });
  } catch (error) {
    throw new StudentFault(faultOf('not a value', error));
  }
}

async function answerCallback(callback: CheckerCallback | undefined, args: readonly Wire[]): Promise<Reply> {
  try {
    if (!callback) throw new LabError('check/callback', 'That callback is no longer valid.', 'Call it before your function returns.');
    callback.calls += 1;
    if (callback.calls > callback.limit) {
      throw new LabError('check/callback', `The callback was called more than ${callback.limit} times.`, 'Call it less often.');
    }
    return { ok: true, value: encode(await callback.fn(...args.map(arg => decode(arg)))) };
  } catch (error) {
    return { ok: false, fault: faultOf('threw', error) };
  }
}

/** The fault that stands for something thrown: its message in at most 2,000 characters. */
export function faultOf(kind: FaultKind, error: unknown): Fault {
  const message = describe(error).slice(0, 2000);
  return error instanceof LabError && typeof error.hint === 'string' ? { kind, message, hint: error.hint } : { kind, message };
}

function describe(error: unknown): string {
  try {
    if (error instanceof LabError) return String(error.message);
    if (error instanceof Error) return `${error.name}: ${error.message}`;
    return `Thrown: ${String(error)}`;
  } catch {
    return 'Thrown: a value that cannot be shown.';
  }
}
