import type { NDArray } from '../tensor/array.ts';
import type { FailedRun, HostLookup } from '../tensor/host.ts';
import { type CallbackQueue, callbackQueue } from './callback-queue.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { type Callback, faultOf, type Reply, type Request } from './session.ts';
import type { Fault, FaultKind } from './student-fault.ts';
import { changedPlace } from './unchanged.ts';
import type { Wire } from './wire.ts';

/** Where the student's names live: the kernel's cells, or the grader's executor. */
export interface Scope {
  /** The present value of a top-level name. */
  lookup(name: string): HostLookup;
}

/** What the student's side needs for tensors: an upload for arguments, a read-out for results, and an end for both. */
export interface TensorSide {
  /** A tensor of this array. */
  upload(value: NDArray): unknown;
  /** The array of a tensor; undefined for anything else. */
  download(value: object): NDArray | undefined;
  /** Frees the tensors in a value. */
  dispose(value: unknown): void;
}

/** What surrounds the student's code while it answers. */
export interface ResponderOptions {
  /** How arrays become tensors and back. */
  readonly tensors: TensorSide;
  /** Hides exports of the library while a question runs. */
  readonly withhold?: (names: readonly string[]) => void;
  /** Says that a value is the library's reference answer and not the student's. */
  readonly isStaff?: (value: unknown) => boolean;
}

/** Carries a fault of this file's own making to where it is answered. Nobody else has this class, so that no error of a student passes for one. */
class Answered extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** What to do about a fault of this kind where `name` was asked for; undefined for kinds about which only the author can say something. */
export function hintOf(kind: FaultKind, name: string): string | undefined {
  if (kind === 'missing') return `Run the cell that defines ${name}, or write it.`;
  if (kind === 'staff') return 'It earns no points; later questions may use it.';
  if (kind === 'changed input')
    return 'Whoever calls it still needs that. Work on a copy: .slice() copies arrays and lists, { ...record } a record; toSorted and toReversed copy, too.';
  if (kind === 'timeout')
    return `${name} did not come to an end. Does each round of its loops bring them nearer to their end, and is nothing worked out over and over?`;
  return kind === 'not a function' ? `Write: function ${name}(…) { … }` : undefined;
}

const faultAt = (kind: FaultKind, name: string, message: string): Fault => ({ kind, message, hint: hintOf(kind, name) as string });

type Callable = (...args: unknown[]) => unknown;

/** The student's side of a session: answers requests from a scope. Whatever the student's code does comes back as a value or a fault. */
export function responder(scope: Scope, options: ResponderOptions): (request: Request, callback: Callback) => Promise<Reply> {
  const handles = new Map<string, Callable>();
  const handle = (fn: (...args: never[]) => unknown): string => {
    const id = `handle-${handles.size}`;
    handles.set(id, fn as Callable);
    return id;
  };
  const find = (name: string): HostLookup => {
    const known = scope.lookup(name);
    const { found, value, failed } = known;
    if (failed) throw new Answered(failedRun(name, failed));
    if (!found) throw new Answered(faultAt('missing', name, `${name} is not defined.`));
    if (options.isStaff?.(value)) throw new Answered(faultAt('staff', name, `${name} is the library's version, not yours.`));
    return known;
  };
  return async (request, callback) => {
    try {
      if (request.op === 'begin') {
        handles.clear();
        options.withhold?.(request.withhold);
        return { ok: true, value: null };
      }
      if (request.op === 'read') return { ok: true, value: write(find(request.name).value, handle, options) };
      const { value, old }: Partial<HostLookup> = request.op === 'call' ? find(request.name) : { value: handles.get(request.handle) };
      const reply = await apply(value, request, { callbacks: callbackQueue(callback), handle, options });
      const stale = old?.();
      return stale ? { ok: false, fault: failedRun(stale.name, stale.failed) } : reply;
    } catch (error) {
      return { ok: false, fault: error instanceof Answered ? error.fault : faultOf('threw', error) };
    }
  };
}

interface Applying {
  readonly callbacks: CallbackQueue;
  readonly handle: (fn: (...args: never[]) => unknown) => string;
  readonly options: ResponderOptions;
}

async function apply(target: unknown, request: Extract<Request, { args: unknown }>, how: Applying): Promise<Reply> {
  const name = request.op === 'call' ? request.name : 'the returned function';
  if (typeof target !== 'function') throw new Answered(notCallable(name, target));
  /** What holds tensors, and is freed in the end. */
  const held: unknown[] = [];
  const tensor = (value: NDArray): unknown => {
    const made = how.options.tensors.upload(value);
    held.push(made);
    return made;
  };
  try {
    const args = request.args.map(arg => decode(arg, { tensor, handle: id => remote(id, how) }));
    const result = await (target as Callable)(...args);
    held.push(result);
    for (const [i, arg] of request.args.entries()) {
      const place = changedPlace(arg, args[i]);
      if (place !== undefined) throw new Answered(faultAt('changed input', name, changedMessage(name, i, place)));
    }
    return { ok: true, value: write(result, how.handle, how.options) };
  } finally {
    // The value is taken as the function returned it; what it left under way ends before the answer goes out.
    await how.callbacks.close();
    for (const made of held) how.options.tensors.dispose(made);
  }
}

/** A callback as the student's code sees it: an async function, of which many calls may be under way. */
function remote(id: string, { callbacks, options }: Applying): Callable {
  return async (...args) => {
    const reply = await callbacks.call(
      id,
      args.map(arg => encode(arg, { tensor: v => options.tensors.download(v) })),
    );
    if (!reply.ok) throw new Error(reply.fault.message);
    return decode(reply.value);
  };
}

function write(value: unknown, handle: Applying['handle'], options: ResponderOptions): Wire {
  try {
    return encode(value, { handle, tensor: v => options.tensors.download(v) });
  } catch (error) {
    throw new Answered(faultOf('not a value', error));
  }
}

/** A name whose cell has changed and failed since: what an earlier version of it left behind is not the answer. */
function failedRun(name: string, { kind, message }: FailedRun): Fault {
  return {
    kind,
    message: `The cell that defines ${name} failed when it ran last: ${message}`,
    hint: `Mend that cell and run it again: what it defined before does not count.`,
  };
}

function notCallable(name: string, got: unknown): Fault {
  const kind = got === null ? 'null' : typeof got;
  return faultAt('not a function', name, `${name} should be a function; it is ${kind}.`);
}

/** Which argument a function has changed, and where in it. */
const changedMessage = (name: string, index: number, place: string): string =>
  `${name} changed what it was given: argument ${index + 1}${place === '' ? '' : ` (at ${place})`}.`;
