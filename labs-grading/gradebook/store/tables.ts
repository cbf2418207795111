import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { explained, openDatabase, transaction } from './database.ts';

/** A row as SQLite gives it back. */
export type Row = Record<string, string | number | null>;

/** The tables of one database: statements are prepared once, errors come with a next step. */
export class Tables {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.path = path;
    this.#database = openDatabase(path);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return explained(this.path, () => this.#prepare(sql).all(...values) as Row[]);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return explained(this.path, () => this.#prepare(sql).get(...values) as Row | undefined);
  }

  /** Changes something inside of `write`; returns the number of the row that was added. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  /** One durable transaction. */
  write<T>(work: () => T): T {
    return transaction(this.#database, this.path, work);
  }

  /** A part of the transaction that has begun: all of it or nothing, whatever becomes of the rest. */
  writeWithin<T>(work: () => T): T {
    if (!this.#database.isTransaction) throw new Error('The transaction was taken back when a write of it failed.');
    this.exec('SAVEPOINT part');
    try {
      const value = explained(this.path, work);
      this.exec('RELEASE part');
      return value;
    } catch (error) {
      // A full disk may have rolled all of it back already.
      if (this.#database.isTransaction) this.exec('ROLLBACK TO part; RELEASE part');
      throw error;
    }
  }

  /** Takes back the transaction that has begun. */
  rollback(): void {
    if (this.#database.isTransaction) this.exec('ROLLBACK');
  }

  exec(sql: string): void {
    explained(this.path, () => this.#database.exec(sql));
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}
