import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { hintOf } from 'tinylab/grading';
import { Output } from '../../run/output.ts';
import type { FromArena, Opened, ToArena, ToOpen, Verdict } from './messages.ts';

/** Most memory of an arena's heap, in MiB: an answer that never stops collecting ends there. */
const heapMb = 1500;

/** Longest that opening may take: the lab's own answers may train. */
const openingMs = 20 * 60_000;

/** How many times as long as the lab's own answer one may take before it counts as hanging. */
const slower = 4;

class Ended extends Error {}

/** The process in which answers to one question are marked, one after the other. One that hangs or crashes is replaced. */
export class Arena {
  readonly #about: ToOpen;
  readonly #leastMs: number;
  /** As long as the lab's own answer took, and much longer. */
  #limitMs: number;
  /** Whether the checks call what an answer defines. */
  #calls = false;
  #child: ChildProcess | undefined;
  #said: Output | undefined;

  /** `leastMs`: an answer may take this long by the clock, and four times as long as the lab's own took besides. */
  constructor(about: ToOpen, leastMs: number) {
    this.#about = about;
    this.#leastMs = leastMs;
    this.#limitMs = leastMs;
  }

  /** Runs the lab's own cells. @throws Error when they fail, or the lab's own answer has not full marks. */
  async open(): Promise<Opened> {
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
    const execArgv = ['--no-warnings', `--max-old-space-size=${heapMb}`];
    this.#child = fork(join(import.meta.dirname, 'arena-process.ts'), { execArgv, serialization: 'advanced', silent: true, env });
    // One that hangs would not notice that this process is gone.
    process.once('exit', this.#kill);
    this.#said = new Output([this.#child.stdout as Readable, this.#child.stderr as Readable], Number.POSITIVE_INFINITY);
    const answer = await this.#ask({ type: 'open', about: this.#about }, openingMs);
    if (answer.type === 'opened') {
      this.#limitMs = this.#leastMs + slower * answer.askedMs;
      this.#calls = answer.calls;
      return answer;
    }
    await this.close();
    throw new Error(answer.type === 'broken' ? answer.message : 'the arena did not open');
  }

  /** Marks an answer that is meant to be wrong. */
  wrong(answer: string): Promise<Verdict> {
    return this.#mark({ type: 'wrong', answer });
  }

  /** Marks an answer that is meant to be right, with the grader's seed and with each of these. */
  right(answer: string, seeds: readonly number[]): Promise<Verdict> {
    return this.#mark({ type: 'right', answer, seeds });
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    process.off('exit', this.#kill);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  readonly #kill = (): void => void this.#child?.kill('SIGKILL');

  async #mark(message: ToArena): Promise<Verdict> {
    if (!this.#child) await this.open();
    try {
      const answer = await this.#ask(message, this.#limitMs);
      if (answer.type === 'verdict') return answer.verdict;
      throw new Error(answer.type === 'broken' ? answer.message : 'the arena gave no verdict');
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      await this.close();
      const why = error.message;
      if (why !== 'time') return { state: 'caught', by: 'crash', why };
      // The grader's words to a call that never comes back.
      return { state: 'caught', by: 'time', why, ...(this.#calls && { hint: hintOf('timeout', 'Your function') as string }) };
    }
  }

  async #ask(message: ToArena, limitMs: number): Promise<FromArena> {
    const child = this.#child as ChildProcess;
    const { promise, resolve, reject } = Promise.withResolvers<FromArena>();
    const heard = (answer: unknown): void => resolve(answer as FromArena);
    const ended = (): void => reject(new Ended(`the process ended: ${this.#said?.text.slice(-500) ?? ''}`));
    const late = setTimeout(() => reject(new Ended('time')), limitMs);
    child.once('message', heard);
    child.once('exit', ended);
    child.send(message);
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      child.off('message', heard);
      child.off('exit', ended);
    }
  }
}
