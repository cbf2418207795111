import { answer } from './answers/answer.ts';
import { kernelInfo } from './answers/kernel-info.ts';
import { page } from './answers/names.ts';
import { createCellCompiler } from './compile.ts';
import { createCellExecutor } from './execute.ts';
import { describeError } from './session/errors.ts';
import { createHistory } from './session/history.ts';
import { createHost, installHost } from './session/host.ts';
import { type Control, startControl } from './session/interrupt.ts';
import { createLoading } from './session/loading.ts';
import { createPreload } from './session/preload.ts';
import { forgetCutCalls, installProcess } from './session/process.ts';
import { ExecutionQueue } from './session/queue.ts';
import { createRest } from './session/rest.ts';
import { createWarmup } from './session/warmup.ts';
import type { Connection } from './wire/connection.ts';
import type { Header, Message } from './wire/message.ts';
import { openWire, type Wire } from './wire/sockets.ts';

/** Runs a kernel for the notebook in the folder `cwd` until a client shuts it down. */
export async function startKernel(connection: Connection, cwd: string): Promise<void> {
  const exit = process.exit.bind(process);
  const kernel = new Kernel(cwd);
  const shutdown = () => kernel.close().then(() => exit(0));
  kernel.control = startControl(connection, kernelInfo(), {
    interrupt: () => kernel.interrupt(),
    force: terminated => kernel.force(terminated),
    status: header => kernel.around(header, () => {}),
    shutdown,
  });
  kernel.wire = await openWire(connection, request => kernel.receive(request, shutdown));
  kernel.wire.publish('status', { execution_state: 'starting' });
  installProcess();
  installHost(kernel.host);
}

/** How much later a cell may be read that was sent before an interrupt: they come over different sockets. */
const overtakingMs = 20;

/** The parts of a kernel and what passes between them. */
class Kernel {
  readonly #compiler;
  readonly #executor;
  readonly #history = createHistory();
  readonly #warmup;
  readonly #preload;
  readonly #loading = createLoading();
  readonly #rest = createRest(work => this.control.working(work));
  readonly #repair;
  readonly #queue;
  readonly host;
  wire!: Wire;
  control!: Control;

  constructor(cwd: string) {
    this.#compiler = createCellCompiler(cwd);
    this.#executor = createCellExecutor(cwd, this.#compiler, this.#loading.door);
    this.#warmup = createWarmup(this.#compiler, work => this.control.working(work));
    this.#preload = createPreload(cwd);
    const { host, repair } = createHost(this.#executor);
    this.host = host;
    this.#repair = repair;
    this.#queue = new ExecutionQueue({
      wire: { publish: (...message) => this.wire.publish(...message), reply: (...message) => this.wire.reply(...message) },
      executor: this.#executor,
      history: this.#history,
      begins: cell => this.#loading.begins(cell),
      page: code => page(() => this.#names(), code),
      onWork: work => {
        this.control.working(work);
        if (work === 'none') this.#rest.soon();
      },
    });
  }

  receive(request: Message, shutdown: () => void): void {
    const type = request.header.msg_type;
    if (type === 'execute_request') {
      this.#warmup.drop();
      this.#rest.drop();
      this.#preload(String(request.content.code));
      this.#queue.add(request);
      return;
    }
    this.#warmup.soon();
    if (type === 'interrupt_request') this.interrupt();
    else this.around(request.header, () => this.#answer(request));
    if (type === 'shutdown_request') shutdown();
  }

  /** Frames some work by the busy and idle that clients wait for. A cell that runs meanwhile stays visible as busy. */
  around(header: Header, work: () => void): void {
    const running = this.#queue.running?.request.header;
    this.wire.publish('status', { execution_state: 'busy' }, header);
    work();
    this.wire.publish('status', { execution_state: 'idle' }, header);
    if (running) this.wire.publish('status', { execution_state: 'busy' }, running);
  }

  /** Asks the cell to stop. When nothing in it listens for the signal, there is nothing to wait for. */
  interrupt(): void {
    const cell = this.#queue.running;
    cell?.controller.abort();
    if (cell && !cell.listens) this.#queue.interrupt();
    // The cell that is meant may still lie in the socket, when both came while the kernel was busy with itself.
    if (!cell) setTimeout(() => this.#queue.interrupt(), overtakingMs);
  }

  /** Ends the cell. */
  force(terminated: boolean): void {
    if (terminated) {
      forgetCutCalls();
      this.#repair();
    }
    this.#queue.interrupt();
  }

  async close(): Promise<void> {
    await this.control.close();
    this.#compiler.close();
    this.wire.close();
  }

  #names() {
    return { converter: this.#compiler.converter, declarations: this.#executor.declarations };
  }

  #answer(request: Message): void {
    const type = request.header.msg_type;
    const content = attempt(() => answer(type, request.content, { names: () => this.#names(), history: this.#history }));
    if (content) this.wire.reply(request, type.replace(/_request$/, '_reply'), content);
    else if (type === 'comm_open') this.wire.publish('comm_close', { comm_id: request.content.comm_id, data: {} }, request.header);
  }
}

/** A question that cannot be answered must not end the kernel. */
function attempt(work: () => object | undefined): object | undefined {
  try {
    return work();
  } catch (error) {
    return { status: 'error', ...describeError(error) };
  }
}
