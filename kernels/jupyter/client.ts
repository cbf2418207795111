import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, Dealer, Subscriber } from 'zeromq';
import { address, type Connection } from './wire/connection.ts';
import { decode, encode, type Header, type Message } from './wire/message.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a message holds differs from type to type, and its reader knows
type Content = Record<string, any>;

export interface Published {
  readonly type: string;
  readonly content: Content;
  readonly parent: Header;
}

/** What came of a request: the reply, and everything published for it until the kernel was idle again. */
export interface Answer {
  readonly reply: Content;
  readonly outputs: readonly Published[];
  /** The text of one stream, put together. */
  text(name?: 'stdout' | 'stderr'): string;
}

export interface ClientOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** How the kernel hears of an interrupt. */
  readonly interrupt?: 'message' | 'signal';
  readonly startMs?: number;
  /** Local sockets unless said otherwise: they need no free ports. */
  readonly transport?: 'ipc' | 'tcp';
}

interface Sending {
  readonly content: Content;
  readonly metadata?: object;
  readonly channel: 'shell' | 'control';
}

interface Pending {
  outputs: Published[];
  reply?: Content;
  idle: boolean;
  resolve(answer: Answer): void;
}

// What a client has not sent when its process ends, nobody waits for.
context.blocky = false;

/** argv of an installed kernel. */
export const kernelArgv = (prefix: string, name = 'tinylab'): string[] =>
  JSON.parse(readFileSync(join(prefix, 'share/jupyter/kernels', name, 'kernel.json'), 'utf8')).argv;

/** A Jupyter client for tests and benchmarks: it starts one kernel and talks to it over local sockets. */
export class KernelClient {
  readonly process: ChildProcess;
  /** Everything published, in the order of arrival. */
  readonly published: Published[] = [];
  /** Milliseconds from the start of the process to the first reply. */
  startMs = 0;
  readonly #connection: Connection;
  readonly #folder: string;
  readonly #shell = new Dealer({ linger: 0, reconnectInterval: 5 });
  readonly #control = new Dealer({ linger: 0, reconnectInterval: 5 });
  readonly #iopub = new Subscriber({ linger: 0, reconnectInterval: 5, receiveHighWaterMark: 0 });
  readonly #pending = new Map<string, Pending>();
  readonly #interrupt: 'message' | 'signal';
  #sending: Promise<unknown> = Promise.resolve();

  private constructor(argv: readonly string[], options: ClientOptions, ports?: readonly number[]) {
    this.#folder = mkdtempSync(join(tmpdir(), 'tinylab-kernel-'));
    this.#interrupt = options.interrupt ?? 'message';
    const key = randomBytes(16).toString('hex');
    const place = ports ? { transport: 'tcp' as const, ip: '127.0.0.1' } : { transport: 'ipc' as const, ip: join(this.#folder, 's') };
    const [shell_port = 1, iopub_port = 2, stdin_port = 3, control_port = 4, hb_port = 5] = ports ?? [];
    this.#connection = { ...place, key, shell_port, iopub_port, stdin_port, control_port, hb_port };
    const file = join(this.#folder, 'connection.json');
    writeFileSync(file, JSON.stringify({ ...this.#connection, signature_scheme: 'hmac-sha256', kernel_name: 'tinylab' }));
    const [program = '', ...rest] = argv.map(argument => argument.replace('{connection_file}', file));
    this.process = spawn(program, rest, { cwd: options.cwd, env: options.env ?? process.env, stdio: ['ignore', 'ignore', 'inherit'] });
    // Nobody is left to answer; what has come so far is the answer. A moment later, because sockets deliver after the exit.
    this.process.once('exit', () =>
      setTimeout(() => {
        for (const [id, pending] of this.#pending) this.#conclude(id, pending);
      }, 100),
    );
  }

  /** Starts a kernel and waits until it answers and its broadcasts arrive. */
  static async start(argv: readonly string[], options: ClientOptions = {}): Promise<KernelClient> {
    const ports = options.transport === 'tcp' ? await freePorts(5) : undefined;
    const begin = performance.now();
    const client = new KernelClient(argv, options, ports);
    client.#connect();
    const limit = begin + (options.startMs ?? 30_000);
    for (;;) {
      const asked = client.request('kernel_info_request', {});
      const answer = await Promise.race([asked, new Promise<void>(resolve => setTimeout(resolve, 250))]);
      if (answer) break;
      if (performance.now() > limit || client.process.exitCode !== null) {
        client.close();
        throw new Error('The kernel did not start.');
      }
    }
    client.startMs = performance.now() - begin;
    return client;
  }

  /** Sends a request and waits for its reply and the end of its outputs. */
  request(type: string, content: Content, channel: 'shell' | 'control' = 'shell'): Promise<Answer> {
    return this.send(type, content, channel).answer;
  }

  send(type: string, content: Content, channel: 'shell' | 'control' = 'shell'): { id: string; answer: Promise<Answer> } {
    return this.#send(type, { content, channel });
  }

  #send(type: string, { channel, ...message }: Sending): { id: string; answer: Promise<Answer> } {
    const frames = encode(this.#connection.key, type, message);
    const id = JSON.parse(String(frames[2])).msg_id as string;
    const answer = new Promise<Answer>(resolve => this.#pending.set(id, { outputs: [], idle: false, resolve }));
    const socket = channel === 'shell' ? this.#shell : this.#control;
    this.#sending = this.#sending.then(() => socket.send(frames)).catch(() => {});
    return { id, answer };
  }

  execute(code: string, options: Content = {}, metadata: object = {}): Promise<Answer> {
    const standard = { silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: true };
    return this.#send('execute_request', { content: { code, ...standard, ...options }, metadata, channel: 'shell' }).answer;
  }

  async interrupt(): Promise<void> {
    if (this.#interrupt === 'signal') this.process.kill('SIGINT');
    else await Promise.race([this.request('interrupt_request', {}, 'control'), new Promise<void>(resolve => setTimeout(resolve, 50))]);
  }

  /** Resident memory of the kernel's process, in bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Asks the kernel to end and waits until it has; kills it when it does not. */
  async shutdown(): Promise<{ exitMs: number }> {
    const begin = performance.now();
    const ended = new Promise(resolve => this.process.once('exit', resolve));
    this.send('shutdown_request', { restart: false }, 'control');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 5000);
    if (this.process.exitCode === null && this.process.signalCode === null) await ended;
    clearTimeout(timer);
    this.close();
    return { exitMs: performance.now() - begin };
  }

  close(): void {
    this.process.kill('SIGKILL');
    for (const socket of [this.#shell, this.#control, this.#iopub]) if (!socket.closed) socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #connect(): void {
    this.#shell.connect(address(this.#connection, 'shell'));
    this.#control.connect(address(this.#connection, 'control'));
    this.#iopub.connect(address(this.#connection, 'iopub'));
    this.#iopub.subscribe();
    this.#read(this.#shell, message => this.#settle(message, pending => Object.assign(pending, { reply: message.content })));
    this.#read(this.#control, message => this.#settle(message, pending => Object.assign(pending, { reply: message.content })));
    this.#read(this.#iopub, message => {
      const output = { type: message.header.msg_type, content: message.content, parent: message.parent as Header };
      this.published.push(output);
      this.#settle(message, pending => {
        if (output.type !== 'status') pending.outputs.push(output);
        else if (output.content.execution_state === 'idle') pending.idle = true;
      });
    });
  }

  async #read(socket: Dealer | Subscriber, use: (message: Message) => void): Promise<void> {
    try {
      for await (const frames of socket) use(decode(this.#connection.key, frames));
    } catch (error) {
      if (!socket.closed) throw error;
    }
  }

  #settle(message: Message, note: (pending: Pending) => void): void {
    const id = message.parent.msg_id ?? '';
    const pending = this.#pending.get(id);
    if (!pending) return;
    note(pending);
    if (pending.reply && pending.idle) this.#conclude(id, pending);
  }

  #conclude(id: string, { reply = {}, outputs, resolve }: Pending): void {
    this.#pending.delete(id);
    const text = (name = 'stdout') =>
      outputs.map(({ type, content }) => (type === 'stream' && content.name === name ? content.text : '')).join('');
    resolve({ reply, outputs, text });
  }
}

/** Ports that nobody listens on at this moment. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map(server => once(server, 'listening')));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}
