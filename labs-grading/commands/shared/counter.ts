import { setImmediate } from 'node:timers/promises';

/** Counts work on a terminal's last line, once it takes longer than a second. */
export class Counter {
  readonly #what: string;
  readonly #total: number;
  readonly #start = performance.now();
  #done = 0;
  #shown = 0;

  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
  }

  /** One more is done. Gives way to signals. */
  async step(): Promise<void> {
    this.#done++;
    const now = performance.now();
    if (now - this.#start < 1000 || now - this.#shown < 200) return;
    this.#shown = now;
    if (process.stderr.isTTY) process.stderr.write(`\r${this.#done}/${this.#total} ${this.#what}`);
    await setImmediate();
  }

  done(): void {
    if (this.#shown > 0 && process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}
