import { realpathSync } from 'node:fs';
import vm from 'node:vm';
import type { CellCompiler, CellDiagnostic, CompiledCell } from './compile.ts';
import { registerScript } from './execution/positions.ts';
import { createCellRequire, type Door } from './execution/require.ts';
import { type Bindings, createScope, type Lookup } from './execution/scope.ts';
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

/** What came of a cell. `value` is the awaited value of its last expression, if that is its last statement. */
export type CellOutcome = { readonly ok: true; readonly value?: unknown } | { readonly ok: false; readonly error: unknown };

export interface RunOptions {
  /** Name of the cell in stack traces, `cell[7]`. */
  readonly name?: string;
  /** The text the student wrote, for cells compiled elsewhere. */
  readonly source?: string;
  /** Ends the wait for the cell by rejecting. Its code may live on: only the caller can know how to stop it. */
  readonly interrupted?: Promise<never>;
  /** Called with the compiled cell before it runs. */
  readonly onCompiled?: (cell: CompiledCell) => void;
}

export interface CellExecutor {
  /** Compiles and runs a cell. Never rejects. */
  run(source: string, options?: RunOptions): Promise<CellOutcome>;
  /** Runs a cell that was compiled elsewhere, against the declarations of all cells that succeeded here. */
  runCompiled(cell: CompiledCell, options?: RunOptions): Promise<CellOutcome>;
  /** A top-level name with its present value; names of the running cell come first. */
  lookup(name: string): Lookup;
  /** Declarations of all cells that succeeded. */
  readonly declarations: string;
}

/** What a running cell hands out: see `toCellFunction`. */
interface Running {
  bindings: Bindings;
  value?: unknown;
}

type CellFunction = (names: object, require: NodeJS.Require, cell: Running) => unknown;

/** Runs cells in this process, imports resolved from `cwd`. Without a compiler, only compiled cells can run. */
export function createCellExecutor(cwd: string, compiler?: CellCompiler, door?: Door): CellExecutor {
  installStackPositions();
  const scope = createScope();
  const imports = createCellRequire(realpathSync(cwd), door);
  let declarations = '';
  let count = 0;
  let running: Running | undefined;

  async function evaluate(cell: CompiledCell, options: RunOptions): Promise<CellOutcome> {
    const state: Running = { bindings: {} };
    running = state;
    try {
      imports.update(cell.modules);
      const start = compileFunction(cell, options.name ?? `cell[${++count}]`);
      const finished = finish(start(scope.names, imports.require, state), state);
      await (options.interrupted ? Promise.race([finished, options.interrupted]) : finished);
      scope.commit(state.bindings);
      declarations = cell.declarations ?? declarations;
      return 'value' in state ? { ok: true, value: state.value } : { ok: true };
    } catch (error) {
      return { ok: false, error };
    } finally {
      if (running === state) running = undefined;
    }
  }

  const runCompiled = async (cell: CompiledCell, options: RunOptions = {}): Promise<CellOutcome> => {
    const { source = '', name = `cell[${count + 1}]` } = options;
    if (cell.diagnostics.length) return { ok: false, error: new CellTypeError(cell.diagnostics, source) };
    registerScript(name, { source, maps: cell.map });
    return evaluate(cell, options);
  };

  return {
    run: async (source, options = {}) => {
      if (!compiler) return { ok: false, error: new Error('This executor has no compiler and runs compiled cells only.') };
      const cell = compiler.convert(declarations, source);
      options.onCompiled?.(cell);
      return runCompiled(cell, { ...options, source });
    },
    runCompiled,
    lookup: name => scope.lookup(name, running?.bindings),
    get declarations() {
      return declarations;
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
  if ('value' in state) state.value = await state.value;
}
