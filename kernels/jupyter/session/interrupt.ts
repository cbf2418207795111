import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Connection } from '../wire/connection.ts';
import type { Header } from '../wire/message.ts';

/** What the control thread needs to know at its start. */
export interface ControlData {
  readonly connection: Connection;
  readonly kernelInfo: object;
  /** [number of the last request that the main thread has seen, what the main thread is at (see `Work`), 1 after a termination that nobody has noticed yet, number of cells started]. */
  readonly shared: Int32Array;
  readonly graceMs: number;
  readonly parentPid: number | undefined;
}

/** What the main thread is at. The kernel's own work ends by itself and is never cut off. */
export const Work = { none: 0, cell: 1, kernel: 2 } as const;

export type ToMain =
  | { readonly kind: 'interrupt' | 'force' | 'nothing' | 'shutdown'; readonly request: number }
  | { readonly kind: 'status'; readonly header: Header };

export interface ControlEvents {
  /** Ask the running cell to stop. */
  interrupt(): void;
  /** End the running cell. `terminated`: JavaScript was cut off in the middle of something, so that state may be half-changed. */
  force(terminated: boolean): void;
  shutdown(): void;
  /** A request came on the control channel; clients expect to hear of it on iopub. */
  status(header: Header): void;
}

/** Time a cell has to reach a safe point after an interrupt. */
export const graceMs = 1000;

export interface Control {
  /** Says what the main thread is at from now on. */
  working(on: keyof typeof Work): void;
  /** Ends the thread, which also gives its sockets time to send what they have. */
  close(): Promise<unknown>;
}

/** Starts the control thread. */
export function startControl(connection: Connection, kernelInfo: object, events: ControlEvents): Control {
  const shared = new Int32Array(new SharedArrayBuffer(16));
  const parentPid = process.env.JPY_PARENT_PID === String(process.ppid) ? process.ppid : undefined;
  const data: ControlData = { connection, kernelInfo, shared, graceMs, parentPid };
  const thread = new Worker(new URL('../wire/control-thread.ts', import.meta.url), { workerData: data, env: cachingEnv() });
  thread.on('message', (message: ToMain) => {
    if (message.kind === 'status') return events.status(message.header);
    // A request is seen once: a repeated one is a safeguard of the sender.
    if (message.kind === 'nothing' || Atomics.load(shared, 0) >= message.request) return;
    Atomics.store(shared, 0, message.request);
    const terminated = Atomics.exchange(shared, 2, 0) === 1;
    if (message.kind === 'force' || terminated) events.force(terminated);
    if (message.kind === 'shutdown') events.shutdown();
    else if (message.kind === 'interrupt' && !terminated) events.interrupt();
  });
  return {
    working(on) {
      if (on === 'cell') Atomics.add(shared, 3, 1);
      Atomics.store(shared, 1, Work[on]);
    },
    close: () => {
      thread.postMessage('close');
      return once(thread, 'exit');
    },
  };
}

/** A thread inherits the compile cache only by this variable, which names the folder above that of this version of Node. */
function cachingEnv(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  return folder ? { ...process.env, NODE_COMPILE_CACHE: dirname(folder) } : process.env;
}
