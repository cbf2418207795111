import { parentPort, Worker } from 'node:worker_threads';
import { LabError } from '../tensor/errors.ts';
import { kernelHost } from '../tensor/host.ts';
import { threadModule } from './thread-folder.ts';

/** How long an answer may take, and what is said when it does not come. */
export interface Patience {
  readonly deadlineMs: number;
  /** The error when the time is over. */
  readonly late: () => LabError;
  /** The most bytes by which the process may grow meanwhile; by default nobody looks. */
  readonly growth?: number;
  /** The error when it grew by more. */
  readonly large?: () => LabError;
}

/** What a thread answers: its value, or an error of the library in parts. */
export type Answer<Value> =
  | { readonly value: Value }
  | { readonly error: { readonly code: string; readonly message: string; readonly hint: string } };

/**
 * A thread that answers one request after the other, and that can be ended in the midst of one: then the next request starts a new one. It keeps no process
 * alive while nobody waits.
 */
export class Thread {
  readonly #file: string;
  #worker: Worker | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** `file` is the path of the thread's module without its ending, from this file's folder. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Asks one request behind those that wait. @throws LabError what the thread answers, or says of being late; the reason of an interrupt. */
  ask<Value>(request: unknown, patience: Patience): Promise<Value> {
    const answer = this.#queue.then(() => this.#now<Value>(request, patience));
    this.#queue = answer.catch(() => {});
    return answer;
  }

  /** Ends the thread. */
  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #now<Value>(request: unknown, { deadlineMs, late, growth = Infinity, large = late }: Patience): Promise<Value> {
    const worker = this.#started();
    const signal = kernelHost()?.signal();
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Answer<Value>>();
    const before = process.memoryUsage.rss();
    const timer = setTimeout(() => reject(late()), deadlineMs);
    const watch = growth < Infinity ? setInterval(() => process.memoryUsage.rss() - before > growth && reject(large()), 100) : undefined;
    const interrupt = (): void => reject(signal?.reason);
    const ended = (code: number): void => reject(endedError(code));
    signal?.addEventListener('abort', interrupt);
    worker.ref();
    worker.once('message', resolve).once('error', reject).once('exit', ended);
    let answer: Answer<Value>;
    try {
      worker.postMessage(request);
      answer = await promise;
    } catch (error) {
      // It may still be at work: nothing of it is used again.
      await this.end();
      throw error;
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
      signal?.removeEventListener('abort', interrupt);
      worker.off('message', resolve).off('error', reject).off('exit', ended);
    }
    worker.unref();
    if ('error' in answer) throw new LabError(answer.error.code, answer.error.message, answer.error.hint);
    return answer.value;
  }

  #started(): Worker {
    // Standard output stays ours, and nothing of this process is handed over.
    this.#worker ??= new Worker(threadModule(this.#file), { env: {}, argv: [] });
    return this.#worker;
  }
}

/** Answers the requests of a `Thread`, inside it. Errors of the library go back as what they say; others end the thread. */
export function answering<Request>(answer: (request: Request) => unknown): void {
  parentPort?.on('message', async (request: Request) => {
    try {
      parentPort?.postMessage({ value: await answer(request) });
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      const { code, message, hint } = error;
      parentPort?.postMessage({ error: { code, message, hint } });
    }
  });
}

const endedError = (code: number): LabError =>
  new LabError(
    'loops/thread',
    `The thread that works for loops ended by itself (code ${code}).`,
    'Run the cell again; a smaller loop may need less memory.',
  );
