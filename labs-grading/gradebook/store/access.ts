import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { GraderError } from '../../base/grader-error.ts';
import { patienceMs } from './database.ts';
import type { Tables } from './tables.ts';

/** How a store reaches its tables: each thing in its turn, or all of them in the turn that a transaction has. */
export interface Access {
  read<T>(work: () => T): Promise<T>;
  /** All that `work` writes, or nothing of it. */
  write<T>(work: () => T): Promise<T>;
  /** All that is written through the access that `work` is given, or nothing of it. */
  transaction<T>(work: (within: Access) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Tries again while another process, or another store of this one, writes: nobody is kept from going on meanwhile. */
async function patiently<T>(work: () => T): Promise<T> {
  const giveUp = performance.now() + patienceMs;
  for (let wait = 1; ; wait = Math.min(2 * wait, 50)) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof GraderError && error.code === 'gradebook/busy') || performance.now() > giveUp) throw error;
      await sleep(wait);
    }
  }
}

/** Turns at the tables, in the order in which they were asked for: while a transaction has one, everything else waits. */
export class TakingTurns implements Access {
  readonly #tables: Tables;
  #last: Promise<unknown> = Promise.resolve();
  /** Set inside of a transaction: waiting for one's own end would never end. */
  readonly #inside = new AsyncLocalStorage<Within>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  read<T>(work: () => T): Promise<T> {
    return this.#turn(() => patiently(work));
  }

  write<T>(work: () => T): Promise<T> {
    return this.#turn(() => patiently(() => this.#tables.write(work)));
  }

  transaction<T>(work: (within: Access) => Promise<T>): Promise<T> {
    return this.#turn(async () => {
      await patiently(() => this.#tables.exec('BEGIN IMMEDIATE'));
      const within = new Within(this.#tables);
      try {
        const value = await this.#inside.run(within, () => work(within));
        within.end();
        this.#tables.exec('COMMIT');
        return value;
      } catch (error) {
        within.end();
        this.#tables.rollback();
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#turn(async () => this.#tables.close());
  }

  #turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside.getStore()?.over === false) return Promise.reject(new Error('Inside of a transaction, use the store that it gives.'));
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

/** The turn of one transaction. */
class Within implements Access {
  readonly #tables: Tables;
  over = false;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  async read<T>(work: () => T): Promise<T> {
    this.#assertOpen();
    return work();
  }

  async write<T>(work: () => T): Promise<T> {
    this.#assertOpen();
    return this.#tables.writeWithin(work);
  }

  transaction<T>(): Promise<T> {
    return Promise.reject(new Error('A transaction has begun already.'));
  }

  close(): Promise<void> {
    return Promise.reject(new Error('A transaction is going on.'));
  }

  end(): void {
    this.over = true;
  }

  #assertOpen(): void {
    if (this.over) throw new Error('The transaction of this store is over.');
  }
}
