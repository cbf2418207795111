import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { CheckReport } from 'tinylab';
import type { CallbackHandler } from './channel.ts';
import type { FromChecker, QuestionFacts, ToChecker } from './checker-messages.ts';
import { Output } from './output.ts';
import type { SessionRequest } from './protocol.ts';

/** The student's side, as the supervisor offers it to the checker. Replies hold tagged JSON that only the checker decodes. */
export interface StudentSide {
  request(request: SessionRequest, callback: CallbackHandler): Promise<unknown>;
  deliverable(name: string): Promise<unknown>;
  predict(model: unknown, inputs: unknown): Promise<unknown>;
  loop(request: unknown): Promise<unknown>;
}

export interface CheckFiles {
  readonly checks: string;
  readonly hidden?: string;
}

/** Longest that the checker may think between two messages. */
const defaultPatienceMs = 180_000;

/** Room of a check, so that its own limit ends it before the machine's memory does. */
const heapMebibytes = 2_048;

/** The checker itself failed: our fault, unless it does so again and again over one answer. */
export class CheckerFailure extends Error {
  override name = 'CheckerFailure';
  /** It came to its own end at work (out of time or of its own memory), as opposed to being ended from outside or not loading. */
  readonly atWork: boolean;

  constructor(message: string, atWork = false) {
    super(message);
    this.atWork = atWork;
  }
}

/** The checker process of one worker: it lives as long as the worker and serves one question at a time. */
export class Checker {
  readonly #files: CheckFiles;
  readonly #patienceMs: number;
  #late = false;
  #child: ChildProcess | undefined;
  #heard: ((message: FromChecker) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #called: ((answer: unknown) => void) | undefined;
  questions: readonly QuestionFacts[] = [];
  /** Names of the reference answers that the lab has. */
  staff: readonly string[] = [];
  lab = '';

  constructor(files: CheckFiles, patienceMs: number = defaultPatienceMs) {
    this.#files = files;
    this.#patienceMs = patienceMs;
  }

  /** Loads the lab's checks. @throws CheckerFailure when they cannot be loaded. */
  async start(): Promise<void> {
    if (this.#child) return;
    const execArgv = ['--no-warnings', `--max-old-space-size=${heapMebibytes}`];
    const settings: ForkOptions = { execArgv, serialization: 'advanced', detached: true, silent: true };
    const child = fork(join(import.meta.dirname, 'checker-process.ts'), settings);
    const said = new Output([child.stdout as Readable, child.stderr as Readable], Number.POSITIVE_INFINITY);
    this.#child = child;
    child.on('message', message => this.#hear(message as FromChecker));
    child.on('exit', (code, signal) => {
      this.#child = undefined;
      const [late, how] = [this.#late, signal ?? `exit code ${code}`];
      this.#late = false;
      // Killed from outside, as a machine without memory does, says nothing about an answer.
      this.#failed?.(new CheckerFailure(`The checker ended (${how}). ${said.text.slice(-2000)}`, late || signal !== 'SIGKILL'));
      this.#called?.({ ok: false, fault: { kind: 'threw', message: 'The check ended.' } });
    });
    const answer = await this.#next({ type: 'load', ...this.#files });
    if (answer.type !== 'loaded') throw new CheckerFailure(answer.type === 'broken' ? answer.message : `unexpected ${answer.type}`);
    this.questions = answer.questions;
    this.staff = answer.staff;
    this.lab = answer.lab;
  }

  /** Asks one question of a student's side. @throws CheckerFailure when the checker breaks. */
  async examine(question: { id: string; seed: number; hidden: boolean }, student: StudentSide): Promise<CheckReport> {
    await this.start();
    let message = await this.#next({ type: 'question', ...question });
    for (;;) {
      if (message.type === 'report') return message.report;
      if (message.type === 'broken') throw new CheckerFailure(message.message);
      const reply = await this.#serve(message, student);
      message = await this.#next({ type: 'reply', reply });
    }
  }

  #serve(message: FromChecker, student: StudentSide): Promise<unknown> {
    switch (message.type) {
      case 'request':
        return student.request(message.request, (name, args) => this.#callBack(name, args));
      case 'deliverable':
        return student.deliverable(message.name);
      case 'predict':
        return student.predict(message.model, message.inputs);
      case 'loop':
        return student.loop(message.request);
      default:
        throw new CheckerFailure(`The checker said ${message.type} in the middle of a question.`);
    }
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.disconnect();
    await gone;
  }

  #next(message: ToChecker): Promise<FromChecker> {
    const { promise, resolve, reject } = Promise.withResolvers<FromChecker>();
    this.#heard = resolve;
    this.#failed = reject;
    if (!this.#child?.connected) reject(new CheckerFailure('The checker ended while the student’s side was asked.', true));
    else this.#child.send(message);
    // A check that hangs on a strange value must not hang the course.
    const late = setTimeout(() => {
      this.#late = true;
      this.#child?.kill('SIGKILL');
    }, this.#patienceMs);
    return promise.finally(() => clearTimeout(late));
  }

  #callBack(name: string, args: readonly unknown[]): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#called = resolve;
    this.#child?.send({ type: 'callback', name, args } satisfies ToChecker);
    return promise;
  }

  #hear(message: FromChecker): void {
    if (message.type === 'called') this.#called?.(message.answer);
    else this.#heard?.(message);
  }
}
