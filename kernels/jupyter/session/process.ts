import { Readable } from 'node:stream';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import { currentCell, owningCell } from './cell.ts';
import { describeError } from './errors.ts';

/** Makes the process behave as a notebook expects, for the cells and for every library they load. */
export function installProcess(): void {
  routeStreams();
  refuseExit();
  refuseInput();
  silenceDeadTimers();
  reportStrayErrors();
}

/** What is printed goes to the cell whose code printed it, however late. */
function routeStreams(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const native = process[name].write.bind(process[name]);
    process[name].write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      const cell = currentCell();
      if (!cell) return native(chunk as string);
      const [encoding] = rest;
      const encoded = typeof chunk === 'string' && typeof encoding === 'string' && !/^utf-?8$/i.test(encoding);
      if (!cell.dead) cell.output.write(name, encoded ? Buffer.from(chunk, encoding as BufferEncoding) : chunk);
      const done = rest.findLast(argument => typeof argument === 'function') as (() => void) | undefined;
      if (done) queueMicrotask(done);
      return true;
    }) as typeof process.stdout.write;
  }
}

function refuseExit(): void {
  const refuse = (what: string) => () => {
    throw new Error(
      `${what} would end the kernel, with everything the notebook has computed.\nTo stop a cell, throw an error or return from a function; to stop the kernel, use the Kernel menu.`,
    );
  };
  process.exit = refuse('process.exit()') as typeof process.exit;
  process.abort = refuse('process.abort()') as typeof process.abort;
}

/** A cell that waited for the keyboard would wait for ever. Looking at `stdin` is harmless; reading is an error. */
function refuseInput(): void {
  const refuse = () => {
    throw new Error(
      'Notebook cells cannot read from the keyboard: stdin is not supported.\nWrite the value into the cell, or read it from a file.',
    );
  };
  const stdin = new Readable({ read() {} });
  const readers = ['on', 'once', 'addListener', 'read', 'pipe', 'resume', 'setEncoding', 'setRawMode', Symbol.asyncIterator];
  for (const name of readers) Object.defineProperty(stdin, name, { value: refuse });
  Object.defineProperties(stdin, { isTTY: { value: false }, fd: { value: 0 } });
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
}

/** An interrupted cell's code may sleep in a timer. It is never woken. */
function silenceDeadTimers(): void {
  const { setTimeout: timeout, setInterval: interval, setImmediate: immediate } = globalThis;
  type Callback = (...args: unknown[]) => void;
  const unlessDead = (callback: Callback): Callback => {
    const cell = owningCell();
    return cell && typeof callback === 'function' ? (...args) => void (cell.dead || callback(...args)) : callback;
  };
  const sleeping = <F extends (...args: never[]) => Promise<unknown>>(sleep: F) =>
    (async (...args: Parameters<F>) => {
      const cell = owningCell();
      const value = await sleep(...args);
      return cell?.dead ? new Promise(() => {}) : value;
    }) as unknown as F;
  timersPromises.setTimeout = sleeping(timersPromises.setTimeout as never);
  timersPromises.setImmediate = sleeping(timersPromises.setImmediate as never);
  const wrapped = {
    setTimeout: (callback: Callback, ...rest: [number]) => timeout(unlessDead(callback), ...rest),
    setInterval: (callback: Callback, ...rest: [number]) => interval(unlessDead(callback), ...rest),
    setImmediate: (callback: Callback, ...rest: []) => immediate(unlessDead(callback), ...rest),
  };
  Object.defineProperty(wrapped.setTimeout, promisify.custom, { value: timersPromises.setTimeout });
  Object.defineProperty(wrapped.setImmediate, promisify.custom, { value: timersPromises.setImmediate });
  Object.assign(globalThis, wrapped);
}

/** An error that nobody catches is shown in the cell that started the code it came from. */
function reportStrayErrors(): void {
  const report = (error: unknown) => {
    if (error === cutCalls) return;
    const cell = currentCell();
    if (!cell) console.error(error);
    else if (!cell.dead) cell.output.send('error', describeError(error));
  };
  process.on('unhandledRejection', report);
  process.on('uncaughtException', report);
}

const cutCalls = Symbol('calls that were cut off');

/**
 * Node counts nested calls of timers, and a call that was cut off is never counted down. An uncaught exception is the one
 * event after which Node starts that count anew.
 */
export function forgetCutCalls(): void {
  setTimeout(() => {
    throw cutCalls;
  }, 0);
}
