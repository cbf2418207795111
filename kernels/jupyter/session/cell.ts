import { AsyncLocalStorage } from 'node:async_hooks';
import type { Message } from '../wire/message.ts';
import type { Publish } from './output.ts';
import { createOutput, type Output } from './output.ts';

/** A cell as it runs: everything that it starts, however much later, finds it through `currentCell`. */
export interface RunningCell {
  readonly request: Message;
  readonly code: string;
  /** The cell's id in the notebook, where the client says it. */
  readonly id: string | undefined;
  readonly count: number;
  readonly silent: boolean;
  readonly output: Output;
  /** Fires when the user interrupts the cell. */
  readonly controller: AbortController;
  /** Something in the cell took the signal, and so can stop by itself. */
  listens: boolean;
  /** The user ended the cell: what is left of its code shall not be heard of again. */
  dead: boolean;
  /** Rejects when the user ends the cell. */
  interrupted?: Promise<never>;
}

const context = new AsyncLocalStorage<RunningCell>();
let latest: RunningCell | undefined;

/** The cell whose code runs now, or the last one that ran. */
export const currentCell = (): RunningCell | undefined => context.getStore() ?? latest;

/** The cell that started the code that runs now, if any did. */
export const owningCell = (): RunningCell | undefined => context.getStore();

/** Calls `work` as part of the cell. */
export function within<T>(cell: RunningCell, work: () => T): T {
  latest = cell;
  return context.run(cell, work);
}

export function createCell(request: Message, count: number, publish: Publish): RunningCell {
  const { code, silent } = request.content as { code: string; silent?: boolean };
  const { cellId } = request.metadata;
  return {
    request,
    code,
    id: typeof cellId === 'string' ? cellId : undefined,
    count,
    silent: Boolean(silent),
    output: createOutput((type, content) => publish(type, content, request.header)),
    controller: new AbortController(),
    listens: false,
    dead: false,
  };
}
