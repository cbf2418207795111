import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GradedLab } from '../../lab/labs.ts';
import { groupDriver, sweepGroups } from '../../run/cgroup.ts';
import type { QuestionFacts } from '../../run/checker-messages.ts';
import { sweepCopies } from '../../run/deliverables.ts';
import type { Limits } from '../../run/limits.ts';
import type { SubmissionReport } from '../../run/submission-report.ts';
import type { FromWorker, Job, ToWorker } from './worker-messages.ts';

/** The worker's process ended, or said that it cannot go on: our fault, never the student's. */
export class WorkerLost extends Error {
  override name = 'WorkerLost';
}

/** Room of a worker, which parses what strangers wrote: twice what the worst text within the limits takes. */
const heapMebibytes = 1_536;

/** How long a worker may take to clean up after itself. */
const patienceMs = 20_000;

export interface WorkerSetting {
  readonly lab: GradedLab;
  readonly limits: Partial<Limits>;
  readonly slot: number;
}

/** A worker as the supervisor sees it. Its process starts when it is needed, and again after it was lost. */
export class GradeWorker {
  readonly #setting: WorkerSetting;
  #child: ChildProcess | undefined;
  #opened: Promise<readonly QuestionFacts[]> | undefined;
  #said = '';
  #closed = false;

  constructor(setting: WorkerSetting) {
    this.#setting = setting;
  }

  /** The lab's questions, once its checker has loaded them. @throws WorkerLost */
  questions(): Promise<readonly QuestionFacts[]> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** The key of what was answered in a submission's folder, read in the worker's process. @throws WorkerLost */
  async answersKey(folder: string): Promise<string> {
    this.#start();
    const answer = await this.#ask({ type: 'key', lab: this.#setting.lab, folder });
    if (answer.type !== 'key') throw await this.#lost(answer.type === 'broken' ? answer.message : `it said ${answer.type}`);
    return answer.key;
  }

  /** Grades one submission. @throws WorkerLost */
  async grade(job: Job): Promise<SubmissionReport> {
    await this.questions();
    const answer = await this.#ask({ type: 'grade', ...job });
    if (answer.type !== 'graded') throw await this.#lost(answer.type === 'broken' ? answer.message : `it said ${answer.type}`);
    return answer.report;
  }

  /** Lets the process end. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#child?.connected) this.#child.send({ type: 'close' } satisfies ToWorker, () => {});
    await this.#ended();
  }

  async #open(): Promise<readonly QuestionFacts[]> {
    this.#start();
    const answer = await this.#ask({ type: 'open', ...this.#setting });
    if (answer.type !== 'opened') throw await this.#lost(answer.type === 'broken' ? answer.message : `it said ${answer.type}`);
    return answer.questions;
  }

  #start(): void {
    if (this.#closed) throw new WorkerLost('The run is over.');
    if (this.#child) return;
    // A session of its own: Ctrl-C in the terminal is for the supervisor.
    const child = fork(join(import.meta.dirname, 'worker-process.ts'), {
      execArgv: ['--no-warnings', `--max-old-space-size=${heapMebibytes}`],
      serialization: 'advanced',
      detached: true,
      silent: true,
    });
    this.#child = child;
    this.#said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-2_000);
    });
    child.stdout?.resume();
    child.on('error', () => {});
  }

  async #ask(message: ToWorker): Promise<FromWorker> {
    const child = this.#child;
    if (!child?.connected) throw await this.#lost('it is gone');
    const { promise, resolve } = Promise.withResolvers<FromWorker | string>();
    const heard = (answer: unknown): void => resolve(answer as FromWorker);
    const ended = (code: number | null, signal: string | null): void => resolve(`it ended (${signal ?? `exit code ${code}`})`);
    child.once('message', heard);
    child.once('exit', ended);
    child.send(message, error => error && resolve(error.message));
    try {
      const answer = await promise;
      if (typeof answer === 'string') throw await this.#lost(answer);
      return answer;
    } finally {
      child.off('message', heard);
      child.off('exit', ended);
    }
  }

  /** Takes away what is left of the process, so that the next one starts clean. */
  async #lost(why: string): Promise<WorkerLost> {
    this.#child?.kill('SIGKILL');
    await this.#ended();
    await Promise.all([sweepGroups(groupDriver()), sweepCopies()]);
    return new WorkerLost(`A worker was lost: ${why}. ${this.#said}`.trim());
  }

  async #ended(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#opened = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
    const late = sleep(patienceMs, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
    await Promise.race([gone, late.then(() => gone)]);
  }
}

/** Workers that may be lost over one submission before it is set aside as not gradable. */
const maximumLosses = 4;

/** Does something again with another worker where one is lost. @throws WorkerLost when too many were. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let losses = 1; ; losses++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WorkerLost) || losses === maximumLosses) throw error;
    }
  }
}
