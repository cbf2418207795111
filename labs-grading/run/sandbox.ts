import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Budget, Spent } from './budget.ts';
import { type CallbackHandler, Channel } from './channel.ts';
import { type Group, type GroupDriver, groupPrefix } from './group.ts';
import type { Limits } from './limits.ts';
import { bwrapArguments, inside, programInside, type Sources, sourcesOf } from './mounts.ts';
import { Output } from './output.ts';
import type { Reply, Request } from './protocol.ts';
import { systemCallFilter } from './seccomp.ts';
import { leaseUser, returnUser } from './users.ts';

/** Why a sandbox ended. `not gradable` is our own fault; everything else the program inside brought on itself. */
export type DeathState = 'timeout' | 'memory' | 'output limit' | 'crashed' | 'not gradable';

export class SandboxDeath extends Error {
  override name = 'SandboxDeath';
  readonly state: DeathState;

  constructor(state: DeathState, detail: string) {
    super(detail);
    this.state = state;
  }
}

export interface SandboxOptions {
  readonly project: string;
  readonly driver: GroupDriver;
  readonly limits: Limits;
  /** File in labs-grading/run/inside that runs in the sandbox. */
  readonly program: string;
  /** Which of several workers it is for; each has users of its own. */
  readonly slot?: number;
  /** Folder with the student's deliverables, shown read-only. */
  readonly deliverables?: string;
}

/** What goes with a request. */
export interface Asking {
  /** Answers calls back into the check. */
  readonly callback?: CallbackHandler | undefined;
  /** What the submission may still take. */
  readonly budget?: Budget;
}

const pollMs = 25;
const isRoot = process.getuid?.() === 0;
const launcher = readFileSync(join(import.meta.dirname, 'launch.sh'), 'utf8');
let started = 0;
const open = new Set<Sandbox>();

const ranOut = 'Memory ran out on the machine, not in the sandbox: grade with fewer workers.';

/** Processes that the kernel has killed on this machine for want of memory, whosever. */
function memoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Ends every sandbox of this process, for a person who will not wait. */
export async function closeAllSandboxes(): Promise<void> {
  await Promise.all([...open].map(sandbox => sandbox.close()));
}

const environment = {
  HOME: '/tmp',
  PATH: '/usr/bin:/bin',
  TZ: 'UTC',
  LC_ALL: 'C.UTF-8',
  TF_CPP_MIN_LOG_LEVEL: '3',
  TINYLAB_THREADS: '2',
  // no clock is graded
  TINYLAB_TIMES: 'few',
};

/** A command line that becomes bwrap: in a private mount namespace and as another user when root starts it. */
function commandLine(options: SandboxOptions, { group, sources, user }: { group: Group; sources: Sources; user?: number }): string[] {
  const bwrap = ['/usr/bin/bwrap', '--args', '4', '--', ...programLine(options)];
  const groups = group.joinFiles.join(':');
  if (user === undefined) return ['/bin/bash', '-c', launcher, 'launch', groups, '', ...bwrap];
  const id = String(user);
  const drop = ['/usr/bin/setpriv', '--reuid', id, '--regid', id, '--clear-groups', '--no-new-privs'];
  const folders = Object.entries(sources).map(([name, path]) => `${name}=${path}`);
  const launch = ['/bin/bash', '-c', launcher, 'launch', groups, folders.join(':'), ...drop, ...bwrap];
  return ['/usr/bin/unshare', '--mount', '--propagation', 'private', ...launch];
}

/** Where the launcher shows these folders, when root runs it. */
function shownByRoot(sources: Sources): Sources {
  return Object.fromEntries(Object.keys(sources).map(name => [name, `/mnt/${name}`])) as unknown as Sources;
}

function programLine(options: SandboxOptions): string[] {
  const node = join(inside, 'node_modules/.bin/node');
  // As large as the whole sandbox may be: the kernel's count decides when memory is used up, not V8's.
  const heap = Math.floor(options.limits.memoryBytes / 2 ** 20);
  return [node, `--max-old-space-size=${heap}`, '--no-warnings', ...programInside(options.program)];
}

/** Gives a pipe of the launcher all that it will get. One that has died is noticed by its exit. */
function feed(pipe: unknown, content: string | Buffer | undefined): void {
  const stream = pipe as Writable;
  stream.on('error', () => {});
  stream.end(content);
}

/** One program in a cage of its own: namespaces, another user, control groups, a channel and a watched output. */
export class Sandbox {
  readonly #child: ChildProcess;
  readonly #group: Group;
  readonly #limits: Limits;
  readonly #user: number | undefined;
  readonly #channel: Channel;
  readonly output: Output;
  /** Settles when the program is gone, with the reason. */
  readonly death: Promise<SandboxDeath>;
  #sentence: SandboxDeath | undefined;
  #gone = false;
  readonly #killsBefore = memoryKills();
  #closed: Promise<void> | undefined;

  constructor(options: SandboxOptions) {
    this.#limits = options.limits;
    this.#user = isRoot ? leaseUser(options.slot ?? 0) : undefined;
    this.#group = options.driver.create(`${groupPrefix}${process.pid}-${++started}`, options.limits);
    const sources = sourcesOf(options.project, options.deliverables);
    // A session of its own: Ctrl-C in the terminal is for the supervisor.
    const [command = '', ...args] = commandLine(options, { group: this.#group, sources, user: this.#user });
    const processes = options.driver.degraded ? { PROCESSES: String(options.limits.pids) } : {};
    this.#child = spawn(command, args, {
      env: processes,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    if (this.#child.pid) this.#group.watch(this.#child.pid);
    const settings = bwrapArguments(isRoot ? shownByRoot(sources) : sources, options.limits.diskBytes, environment);
    if (systemCallFilter) settings.push('--seccomp', '5');
    const pipes: readonly unknown[] = this.#child.stdio;
    feed(pipes[4], settings.map(setting => `${setting}\0`).join(''));
    feed(pipes[5], systemCallFilter);
    this.#channel = new Channel(this.#child.stdio[3] as Duplex);
    this.output = new Output([this.#child.stdout as Readable, this.#child.stderr as Readable], options.limits.outputBytes);
    open.add(this);
    this.death = this.#watchDeath();
    this.#channel.breach.then(reason => this.#kill(new SandboxDeath('crashed', `The channel was misused: ${reason}.`)));
    this.output.overflow.then(() =>
      this.#kill(new SandboxDeath('output limit', `More than ${options.limits.outputBytes} bytes were printed.`)),
    );
  }

  /** Process id outside, of the process that everything inside descends from. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** True when the program has ended. */
  get gone(): boolean {
    return this.#gone;
  }

  /** CPU milliseconds used so far. */
  cpuMs(): number {
    return this.#group.cpuMs();
  }

  /** Most memory in use at once, in bytes. */
  peakBytes(): number {
    return this.#group.peakBytes();
  }

  /**
   * Asks one thing and waits for the answer, at most `cpuMs` of CPU time and `wallFactor` times that by the clock, and no longer than the
   * `budget` of the submission lasts.
   * @throws SandboxDeath when the program ends before it answers.
   */
  async ask(request: Request, cpuMs: number, { callback, budget }: Asking = {}): Promise<Reply> {
    if (this.#gone) throw await this.death;
    this.output.startSection();
    const over = new AbortController();
    const deadline = this.#deadline(cpuMs, over.signal, budget);
    const answered = this.#channel.ask(request, callback);
    const died = this.death.then(death => Promise.reject(death));
    died.catch(() => {});
    try {
      return await Promise.race([answered, died]);
    } finally {
      over.abort();
      await deadline;
    }
  }

  /** Ends the program and takes everything away that it left: processes, groups, mounts and files go with its namespaces. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#kill(new SandboxDeath('not gradable', 'The grader ended the sandbox.'));
    await this.death;
    const empty = await this.#group.remove();
    if (this.#user !== undefined) returnUser(this.#user, empty);
    open.delete(this);
  }

  async #deadline(cpuMs: number, over: AbortSignal, budget: Budget | undefined): Promise<void> {
    const [start, cpuBefore] = [performance.now(), this.cpuMs()];
    const wallLimitMs = cpuMs * Math.max(5, this.#limits.wallFactor);
    const spent = (): Spent => ({ wallMs: performance.now() - start, cpuMs: this.cpuMs() - cpuBefore });
    while (!over.aborted && !this.#gone) {
      // Read once: counting the processes' time asks the kernel.
      const now = spent();
      if (now.cpuMs > cpuMs) return this.#kill(new SandboxDeath('timeout', `Stopped after ${cpuMs / 1000} s of CPU time.`));
      if (now.wallMs > wallLimitMs) return this.#kill(new SandboxDeath('timeout', 'Stopped: it waited for something that never came.'));
      if (budget?.isOver(now)) return this.#kill(new SandboxDeath('timeout', budget.over ?? ''));
      await sleep(pollMs, undefined, { signal: over }).catch(() => {});
    }
    budget?.spend(spent());
  }

  #kill(sentence: SandboxDeath): void {
    if (this.#gone) return;
    this.#sentence ??= sentence;
    this.#child.kill('SIGKILL');
  }

  async #watchDeath(): Promise<SandboxDeath> {
    const [code, signal] = await new Promise<[number | null, string | null]>(resolve => {
      this.#child.once('exit', (...end) => resolve(end));
      this.#child.once('error', error => resolve([null, error.message]));
    });
    this.#gone = true;
    const memory = this.#group.memoryDeath();
    if (memory === 'own') return new SandboxDeath('memory', `More than ${this.#limits.memoryBytes / 2 ** 20} MiB of memory.`);
    if (memory === 'above') return new SandboxDeath('not gradable', ranOut);
    if (this.#sentence) return this.#sentence;
    // Where nobody counts for the sandbox alone, a kill while the kernel killed something for want of memory is not taken for the program's own.
    const killed = signal === 'SIGKILL' || code === 128 + 9;
    if (killed && memoryKills() > this.#killsBefore) return new SandboxDeath('not gradable', ranOut);
    if (signal) return new SandboxDeath('not gradable', `The sandbox itself was ended from outside (${signal}).`);
    return new SandboxDeath('crashed', `The program ended by itself (exit code ${code}).`);
  }
}
