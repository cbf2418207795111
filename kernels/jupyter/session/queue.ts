import { MessageChannel } from 'node:worker_threads';
import type { CompiledCell } from '../compile.ts';
import type { CellExecutor } from '../execute.ts';
import type { CellOutcome } from '../execution/outcome.ts';
import { toBundle } from '../format.ts';
import type { Message } from '../wire/message.ts';
import type { Wire } from '../wire/sockets.ts';
import { createCell, type RunningCell, within } from './cell.ts';
import { describeError, Interrupted } from './errors.ts';
import { expressions } from './expressions.ts';
import type { History } from './history.ts';

export interface QueueParts {
  readonly wire: Pick<Wire, 'publish' | 'reply'>;
  readonly executor: CellExecutor;
  readonly history: History;
  /** Answers code that is a question about a name, `name?`, instead of running it. */
  page(code: string): object | undefined;
  /** Told of each cell before it is compiled. */
  begins(cell: RunningCell): void;
  /** Told when a cell starts and when it has ended. */
  onWork(work: 'cell' | 'none'): void;
}

/** Cells that wait are given this long to arrive before an error turns them away. */
const abortWindowMs = 10;

const { setTimeout: later } = globalThis;

/** Runs execute requests one after another. */
export class ExecutionQueue {
  readonly #parts: QueueParts;
  readonly #waiting: Message[] = [];
  /** Each cell starts in a turn of the event loop that is its alone, so that cutting the cell off cuts off nothing else. */
  readonly #turn = new MessageChannel();
  #count = 0;
  #busy = false;
  #running: { cell: RunningCell; cut: (error: Error) => void } | undefined;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#turn.port1.on('message', () => this.#begin());
  }

  get running(): RunningCell | undefined {
    return this.#running?.cell;
  }

  add(request: Message): void {
    this.#waiting.push(request);
    this.#next();
  }

  /** Ends the running cell at once, whatever its code does. */
  interrupt(): void {
    if (!this.#running) return;
    const { cell, cut } = this.#running;
    cell.dead = true;
    cell.controller.abort();
    cut(new Interrupted());
    this.#end(cell, { ok: false, error: new Interrupted() });
  }

  #next(): void {
    const request = this.#busy ? undefined : this.#waiting.shift();
    if (!request) return;
    this.#busy = true;
    const { wire, history } = this.#parts;
    const counts = !request.content.silent && request.content.store_history !== false;
    if (counts) this.#count++;
    const cell = createCell(request, this.#count, wire.publish);
    this.#status(request, 'busy');
    if (!cell.silent) wire.publish('execute_input', { code: cell.code, execution_count: cell.count }, request.header);
    if (counts) history.add(cell.count, cell.code);
    let cut: (error: Error) => void = () => {};
    const interrupted = new Promise<never>((_, reject) => {
      cut = reject;
    });
    interrupted.catch(() => {});
    cell.interrupted = interrupted;
    this.#running = { cell, cut };
    this.#parts.onWork('cell');
    this.#turn.port2.postMessage(null);
  }

  #begin(): void {
    const cell = this.#running?.cell;
    if (!cell) return;
    within(cell, () => {
      const answer = this.#parts.page(cell.code);
      if (answer) this.#end(cell, { ok: true }, { payload: [answer] });
      else this.#run(cell);
    });
  }

  #run(cell: RunningCell): void {
    const onCompiled = ({ hints }: CompiledCell) => {
      for (const { line, message } of hints) cell.output.write('stderr', `Line ${line}: ${message}.\n`);
    };
    const { executor } = this.#parts;
    const { deletedCells } = cell.request.metadata;
    this.#parts.begins(cell);
    if (Array.isArray(deletedCells)) executor.forget(deletedCells.filter(id => typeof id === 'string'));
    executor
      .run(cell.code, { name: `cell[${cell.count}]`, id: cell.id, interrupted: cell.interrupted, onCompiled })
      .then(outcome => this.#show(cell, outcome))
      .catch(error => ({ ok: false, error }) as const)
      .then(async outcome => {
        const answers = outcome.ok && !cell.dead ? await expressions(cell, executor) : {};
        this.#end(cell, outcome, { user_expressions: answers });
      });
  }

  /** The value of the last expression goes out before the cell counts as ended: showing it may fail, too. */
  async #show(cell: RunningCell, outcome: CellOutcome): Promise<CellOutcome> {
    if (!outcome.ok || outcome.value === undefined || cell.silent || cell.dead) return outcome;
    const data = await toBundle(outcome.value);
    if (!cell.dead) cell.output.send('execute_result', { execution_count: cell.count, data, metadata: {} });
    this.#parts.history.addOutput(cell.count, String(data['text/plain'] ?? ''));
    return outcome;
  }

  #end(cell: RunningCell, outcome: CellOutcome, more: object = {}): void {
    if (this.#running?.cell !== cell) return;
    this.#running = undefined;
    this.#parts.onWork('none');
    if (outcome.ok) this.#succeed(cell, more);
    else this.#fail(cell, outcome.error);
  }

  #succeed(cell: RunningCell, more: object): void {
    this.#reply(cell, { status: 'ok', payload: [], user_expressions: {}, ...more });
    this.#next();
  }

  /** Cells that came before the client could know of the error are turned away; later ones run. */
  #fail(cell: RunningCell, error: unknown): void {
    const content = describeError(error);
    cell.output.send('error', content);
    const aborts = cell.request.content.stop_on_error !== false;
    const conclude = () => {
      this.#reply(cell, { status: 'error', ...content });
      if (aborts) for (const request of this.#waiting.splice(0)) this.#turnAway(request);
      this.#next();
    };
    later(conclude, aborts ? abortWindowMs : 0);
  }

  #reply(cell: RunningCell, content: object): void {
    cell.output.end();
    this.#parts.wire.reply(cell.request, 'execute_reply', { execution_count: cell.count, ...content });
    this.#status(cell.request, 'idle');
    this.#busy = false;
  }

  // Without a count, as the cell never ran: a front end then shows none.
  #turnAway(request: Message): void {
    this.#status(request, 'busy');
    this.#parts.wire.reply(request, 'execute_reply', { status: 'aborted' });
    this.#status(request, 'idle');
  }

  #status(request: Message, execution_state: 'busy' | 'idle'): void {
    this.#parts.wire.publish('status', { execution_state }, request.header);
  }
}
