import { type Fault, hintOf } from 'tinylab/grading';
import type { RunCell } from '../lab/rebuild.ts';
import type { Budget } from './budget.ts';
import { type CellReport, type CellState, whyMissing } from './cell-report.ts';
import type { CallbackHandler } from './channel.ts';
import type { Limits } from './limits.ts';
import { type Conversion, type Reply, type RunOutcome, runSchema, type SandboxFault, type SessionRequest } from './protocol.ts';
import type { RunSetting } from './run-setting.ts';
import { type Sandbox, SandboxDeath } from './sandbox.ts';

/** Fresh sandboxes that one notebook may cost after cells or calls that ended theirs for good. */
const maximumReplays = 3;

/** The kernel counted these itself; any other death is tried once more before it counts. */
const isCertain = (death: SandboxDeath): boolean => death.state === 'memory' || death.state === 'output limit';

/** One notebook on its way through sandboxes: runs its cells, answers for its names, and starts again without what ended a sandbox. */
export class NotebookRun {
  readonly #setting: RunSetting;
  readonly #limits: Limits;
  readonly #cells: readonly RunCell[];
  readonly #reports = new Map<string, CellReport>();
  readonly #guilty = new Set<string>();
  readonly #suspects = new Set<string>();
  #sandbox: Sandbox | undefined;
  #prepared: Sandbox | undefined;
  #replays = 0;
  #cpuMs = 0;
  #peakBytes = 0;
  #sandboxes = 0;
  /** Id of the question that is asked now; its answer cell has the same id. */
  question = '';
  /** The death that the present question met, if any. */
  death: SandboxDeath | undefined;

  constructor(setting: RunSetting, cells: readonly RunCell[]) {
    this.#setting = setting;
    this.#prepared = setting.prepared;
    const { limits } = setting.kit;
    this.#limits = setting.full ? { ...limits, cellCpuMs: limits.workCpuMs, notebookCpuMs: limits.workCpuMs } : limits;
    this.#cells = cells;
  }

  get #budget(): Budget {
    return this.#setting.budget;
  }

  get cells(): readonly CellReport[] {
    return this.#cells.map(({ id }) => this.#reports.get(id) ?? { id, state: 'not run' });
  }

  /** CPU time and memory of all sandboxes so far. */
  get use(): { cpuMs: number; peakBytes: number; sandboxes: number } {
    const running = this.#sandbox;
    return {
      cpuMs: this.#cpuMs + (running?.cpuMs() ?? 0),
      peakBytes: Math.max(this.#peakBytes, running?.peakBytes() ?? 0),
      sandboxes: this.#sandboxes,
    };
  }

  /** True when a sandbox with the cells' names stands ready; starts one if it may. */
  async ready(): Promise<boolean> {
    while (!this.#sandbox && this.#replays <= maximumReplays && !this.#budget.isOver()) {
      this.#sandbox = this.#prepared ?? this.#setting.kit.open('runner.ts', { deliverables: this.#setting.deliverables });
      this.#prepared = undefined;
      this.#sandboxes++;
      await this.#runCells(this.#sandbox);
    }
    return this.#sandbox !== undefined;
  }

  /** Passes a request of the checker on. Faults that only a grader can know are added here. */
  async request(request: SessionRequest, callback?: CallbackHandler): Promise<Reply | { ok: false; fault: Fault }> {
    if (this.death) return { ok: false, fault: { kind: this.death.state as never, message: this.death.message } };
    if (!(await this.ready()) && this.#budget.over !== undefined)
      return { ok: false, fault: { kind: 'timeout', message: this.#budget.over } };
    if (!this.#sandbox) return { ok: false, fault: { kind: 'not run', message: 'Too many parts of this notebook ended their sandbox.' } };
    try {
      const sandbox = this.#sandbox;
      const reply = await sandbox.ask(request, this.#cpuFor(sandbox, this.#limits.callCpuMs), { callback, budget: this.#budget });
      return reply.ok ? reply : { ok: false, fault: this.#withHint(reply.fault, request) };
    } catch (error) {
      const death = await this.#buried(error);
      this.death = death;
      const fault: Fault = { kind: death.state as never, message: death.message };
      const hint = request.op === 'call' ? hintOf(fault.kind, request.name) : undefined;
      return { ok: false, fault: hint === undefined ? fault : { ...fault, hint } };
    }
  }

  /** The fault with what to do about it, in words of ours: those of the sandbox have been taken away. */
  #withHint(fault: SandboxFault, request: SessionRequest): Fault {
    if (request.op !== 'call' && request.op !== 'read') return fault;
    const { name } = request;
    const why = fault.kind === 'missing' && whyMissing(name, this.#cells, { question: this.question, reports: this.#reports });
    const hint = hintOf(fault.kind, name);
    return why || (hint === undefined ? fault : { ...fault, hint });
  }

  /** Prepares for the next question, or for the same one again: `final` when the death that it met counts. */
  settle(final: boolean): void {
    if (this.death && final) this.#replays++;
    this.death = undefined;
  }

  /** Tells whether the death that a question met must be seen twice. */
  get doubtful(): boolean {
    return this.death !== undefined && !isCertain(this.death) && this.#budget.over === undefined;
  }

  async close(): Promise<void> {
    await this.#bury();
  }

  async #runCells(sandbox: Sandbox): Promise<void> {
    let declarations = '';
    await this.#prepare(sandbox);
    for (const cell of this.#cells) {
      if (this.#guilty.has(cell.id)) continue;
      try {
        const conversion = await this.#convert(declarations, cell);
        const missing = conversion && (await this.#runCell(sandbox, cell, conversion));
        if (missing) declarations = await this.#setting.converter.kept(declarations, conversion, missing);
      } catch (error) {
        const death = await this.#buried(error);
        this.#convict(cell, death);
        return;
      }
    }
  }

  /** Nothing of the student runs yet, so whatever goes wrong here is ours. */
  async #prepare(sandbox: Sandbox): Promise<void> {
    try {
      const { full, withheld, staff } = this.#setting;
      const reply = await sandbox.ask({ op: 'ready', full, withheld, ...(staff && { staff }) }, this.#limits.cellCpuMs);
      if (!reply.ok) throw new Error(reply.fault.message);
    } catch (error) {
      throw new SandboxDeath(
        'not gradable',
        `The runner did not start: ${(error as Error).message} ${sandbox.output.text.slice(0, 2_000)}`,
      );
    }
  }

  /** A cell that ended its sandbox is left out from now on, once that is certain. */
  #convict(cell: RunCell, death: SandboxDeath): void {
    if (!isCertain(death) && !this.#suspects.has(cell.id) && this.#budget.over === undefined) {
      this.#suspects.add(cell.id);
      return;
    }
    this.#guilty.add(cell.id);
    this.#replays++;
    this.#report(cell, { state: death.state as CellState, message: death.message });
  }

  async #convert(declarations: string, cell: RunCell): Promise<Conversion | undefined> {
    try {
      const conversion = await this.#setting.converter.convert(declarations, cell.source);
      if (conversion.diagnostics.length === 0) return conversion;
      const [first] = conversion.diagnostics;
      this.#report(cell, { state: 'compile error', message: first?.message, where: `cell ${cell.number}, line ${first?.line}` });
    } catch (error) {
      if (!(error instanceof SandboxDeath) || error.state === 'not gradable') throw error;
      this.#report(cell, { state: error.state, message: `Type checking: ${error.message}` });
    }
    return undefined;
  }

  /** Runs a cell. Returns the names that an error kept it from giving a value, or undefined when it did not start. */
  async #runCell(sandbox: Sandbox, cell: RunCell, conversion: Conversion): Promise<readonly string[] | undefined> {
    const name = `cell[${cell.number}]`;
    const reply = await sandbox.ask(
      { op: 'run', cell: conversion, name, source: cell.source },
      this.#cpuFor(sandbox, this.#limits.cellCpuMs),
      { budget: this.#budget },
    );
    const output = sandbox.output.text;
    const outcome: RunOutcome = reply.ok
      ? runSchema.catch({ done: false, message: 'The cell failed.' }).parse(reply.value)
      : { done: false, ...reply.fault };
    const asked = outcome.staff && { staff: outcome.staff };
    if (outcome.done) this.#report(cell, { state: 'done', output, ...asked });
    else this.#report(cell, { state: 'error', output, message: outcome.message, where: outcome.where, ...asked });
    return outcome.done ? [] : outcome.missing;
  }

  /** CPU time for one more request: its own limit, or what is left of the notebook's. */
  #cpuFor(sandbox: Sandbox, limit: number): number {
    return Math.max(1, Math.min(limit, this.#limits.notebookCpuMs - sandbox.cpuMs()));
  }

  #report(cell: RunCell, report: Omit<CellReport, 'id'>): void {
    this.#reports.set(cell.id, { id: cell.id, ...report });
  }

  /** The death behind an error, with its sandbox taken away. Anything that is no death is our own fault. */
  async #buried(error: unknown): Promise<SandboxDeath> {
    await this.#bury();
    const death = error instanceof SandboxDeath ? error : new SandboxDeath('not gradable', String((error as Error).stack ?? error));
    if (death.state === 'not gradable') throw death;
    return death;
  }

  async #bury(): Promise<void> {
    const sandbox = this.#sandbox;
    this.#sandbox = undefined;
    if (!sandbox) return;
    this.#peakBytes = Math.max(this.#peakBytes, sandbox.peakBytes());
    this.#cpuMs += sandbox.cpuMs();
    await sandbox.close();
  }
}
