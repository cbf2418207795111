import { realpathSync } from 'node:fs';
import vm from 'node:vm';
import type { CellCompiler, CompiledCell } from './compile.ts';
import type { CellDiagnostic } from './compiler/diagnostics.ts';
import { createNames, type NotebookLookup, type NotebookNames } from './execution/names.ts';
import type { CellOutcome } from './execution/outcome.ts';
import { registerScript } from './execution/positions.ts';
import { type CellRequire, createCellRequire, type Door } from './execution/require.ts';
import type { Bindings } from './execution/scope.ts';
import { installStackPositions } from './execution/stack.ts';

/** A cell that the type checker refused. It did not run. */
export class CellTypeError extends Error {
  readonly diagnostics: readonly CellDiagnostic[];
  readonly source: string;

  constructor(diagnostics: readonly CellDiagnostic[], source: string) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.name = 'TypeScriptError';
    this.diagnostics = diagnostics;
    this.source = source;
  }
}

export interface RunOptions {
  /** Name of the cell in stack traces, `cell[7]`. */
  readonly name?: string;
  /** The text the student wrote, for cells compiled elsewhere. */
  readonly source?: string;
  /** The cell's id in its notebook, where it is known. */
  readonly id?: string | undefined;
  /** Ends the wait for the cell by rejecting. Its code may live on: only the caller can know how to stop it. */
  readonly interrupted?: Promise<never>;
  /** Called with the compiled cell before it runs. */
  readonly onCompiled?: (cell: CompiledCell) => void;
}

export interface CellExecutor {
  /** Compiles and runs a cell. Never rejects. */
  run(source: string, options?: RunOptions): Promise<CellOutcome>;
  /** Runs a cell that was compiled elsewhere, against the declarations of all cells that ran here. */
  runCompiled(cell: CompiledCell, options?: RunOptions): Promise<CellOutcome>;
  /** A top-level name with its present value, and why the last run of its cell did not give that; names of the running cell come first. */
  lookup(name: string): NotebookLookup;
  /** Says that cells are no longer in the notebook. */
  forget(ids: readonly string[]): void;
  /** Declarations of all names that have a value, and of all types. */
  readonly declarations: string;
}

/** What a running cell hands out: see `toCellFunction`. */
interface Running {
  bindings: Bindings;
  value?: unknown;
  /** The cell's own code has begun. */
  started: boolean;
  outcome?: CellOutcome;
}

type CellFunction = (names: object, require: NodeJS.Require, cell: Running) => unknown;

/** Runs cells in this process, imports resolved from `cwd`. Without a compiler, only compiled cells can run. */
export function createCellExecutor(cwd: string, compiler?: CellCompiler, door?: Door): CellExecutor {
  installStackPositions();
  const names = createNames(compiler);
  const cells = createEvaluator(names, createCellRequire(realpathSync(cwd), door));

  const runCompiled = async (cell: CompiledCell, options: RunOptions = {}): Promise<CellOutcome> => {
    if (!cell.diagnostics.length) return cells.evaluate(cell, options);
    names.refused(cell.diagnostics, options);
    return { ok: false, error: new CellTypeError(cell.diagnostics, options.source ?? '') };
  };

  return {
    run: async (source, options = {}) => {
      if (!compiler) return { ok: false, error: new Error('This executor has no compiler and runs compiled cells only.') };
      const cell = compiler.convert(names.declarations, source);
      options.onCompiled?.(cell);
      return runCompiled(cell, { ...options, source });
    },
    runCompiled,
    lookup: name => names.lookup(name, cells.running?.bindings),
    forget: ids => names.forget(ids),
    get declarations() {
      return names.declarations;
    },
  };
}

/** Evaluates compiled cells, and knows the one that runs. */
interface Evaluator {
  readonly running: Running | undefined;
  evaluate(cell: CompiledCell, options: RunOptions): Promise<CellOutcome>;
}

function createEvaluator(names: NotebookNames, imports: CellRequire): Evaluator {
  let count = 0;
  let running: Running | undefined;
  return {
    get running() {
      return running;
    },
    async evaluate(cell, options) {
      const { name = `cell[${++count}]`, source = '', interrupted } = options;
      const state: Running = { bindings: {}, started: false };
      /** Takes over what the cell leaves, once. */
      const end = (outcome: CellOutcome): CellOutcome => {
        if (running === state) running = undefined;
        state.outcome ??= state.started ? names.ended(cell, { id: options.id, bindings: state.bindings, outcome }) : outcome;
        return state.outcome;
      };
      running = state;
      registerScript(name, { source, maps: cell.map });
      // Code that is cut off in the middle of a loop never comes back here: what it leaves is taken over all the same.
      interrupted?.catch(error => end({ ok: false, error }));
      try {
        imports.update(cell.modules);
        const start = compileFunction(cell, name);
        state.started = true;
        const finished = finish(start(names.exports, imports.require, state), state);
        await (interrupted ? Promise.race([finished, interrupted]) : finished);
        return end('value' in state ? { ok: true, value: state.value } : { ok: true });
      } catch (error) {
        return end({ ok: false, error });
      }
    },
  };
}

/** Modules are strict, and so are cells: assigning to a frozen object is an error that can be seen. */
function compileFunction(cell: CompiledCell, filename: string): CellFunction {
  const register = cell.output?.includes('__tinylab__bindings()') ? '__tinylab__.bindings = __tinylab__bindings();' : '';
  const head = `(${cell.awaits ? 'async ' : ''}function (exports, require, __tinylab__) { 'use strict'; ${register}`;
  return vm.runInThisContext(`${head}\n${cell.output ?? ''}\n})`, { filename, lineOffset: -1 });
}

/** Waits for the cell and then for its last value: a promise there is shown as what it resolves to. */
async function finish(ended: unknown, state: Running): Promise<void> {
  await ended;
  if (isThenable(state.value)) state.value = await state.value;
}

/** A value may throw when it is asked whether it is a promise: then it is none. */
function isThenable(value: unknown): boolean {
  try {
    return (
      ((typeof value === 'object' && value !== null) || typeof value === 'function') && 'then' in value && typeof value.then === 'function'
    );
  } catch {
    return false;
  }
}
