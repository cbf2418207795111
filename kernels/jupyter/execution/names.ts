import type { CellCompiler, CompiledCell } from '../compile.ts';
import type { CellDiagnostic } from '../compiler/diagnostics.ts';
import { createLastRuns, type FailedRun } from './last-runs.ts';
import type { CellOutcome } from './outcome.ts';
import { type Bindings, createScope, type Lookup } from './scope.ts';

/** A name of the notebook, and why the last run of its cell gave it no value, if that is so. */
export interface NotebookLookup extends Lookup {
  readonly failed?: FailedRun;
  /** The first name that cells have read since this lookup and whose own cell no longer compiles. */
  readonly old?: () => { readonly name: string; readonly failed: FailedRun } | undefined;
}

/** A run of a cell that has ended, or was ended. */
interface Ended {
  /** The cell's id in its notebook, where it is known. */
  readonly id?: string | undefined;
  readonly bindings: Bindings;
  readonly outcome: CellOutcome;
}

/** What the cells of a notebook have given so far: values, their declarations, and which cells failed since. */
export interface NotebookNames {
  /** What compiled cells call `exports`. */
  readonly exports: object;
  readonly declarations: string;
  /** Takes what a cell leaves: all its names, or those that had a value when an error ended it. */
  ended(cell: CompiledCell, run: Ended): CellOutcome;
  /** Notes that a cell did not compile. It changes no name, but what it gave before is no longer what it says. */
  refused(diagnostics: readonly CellDiagnostic[], cell: { readonly id?: string | undefined; readonly source?: string }): void;
  /** Looks a name up, first among those of the cell that runs. */
  lookup(name: string, running?: Bindings): NotebookLookup;
  /** Says that cells are no longer in the notebook. */
  forget(ids: readonly string[]): void;
}

export function createNames(compiler: Pick<CellCompiler, 'kept' | 'declaredNames'> | undefined): NotebookNames {
  const scope = createScope();
  const runs = createLastRuns();
  /** Names that were read although their cell no longer compiles, since the last lookup. */
  const oldReads = new Set<string>();
  const firstOld = () => {
    for (const name of oldReads) {
      const failed = runs.failureOf(name);
      if (failed) return { name, failed };
    }
    return undefined;
  };
  let declarations = '';
  return {
    exports: scope.names,
    get declarations() {
      return declarations;
    },
    ended(cell, { id, bindings, outcome }) {
      const missing = scope.commit(bindings, !outcome.ok);
      const after = cell.declarations ?? declarations;
      declarations = compiler ? compiler.kept({ before: declarations, after, missing }) : after;
      const given = Object.keys(bindings).filter(name => !missing.includes(name));
      if (outcome.ok) {
        runs.ended({ cell: id, given });
        return outcome;
      }
      runs.ended({ cell: id, given, missing, failure: { kind: 'threw', message: textOf(outcome.error) } });
      return { ...outcome, missing };
    },
    refused([first], { id, source = '' }) {
      const message = `${first?.message.split('\n', 1)[0]} (line ${first?.line})`;
      const missing = compiler?.declaredNames(source) ?? [];
      const old = runs.ended({ cell: id, given: [], missing, failure: { kind: 'compile error', message } });
      for (const name of old) scope.watch(name, () => oldReads.add(name));
    },
    lookup(name, running) {
      const failed = running && Object.hasOwn(running, name) ? undefined : runs.failureOf(name);
      oldReads.clear();
      return { ...scope.lookup(name, running), ...(failed && { failed }), old: firstOld };
    },
    forget: ids => runs.deleted(ids),
  };
}

/** What an error says in one line. */
function textOf(error: unknown): string {
  try {
    return String(error).split('\n', 1)[0] ?? '';
  } catch {
    return 'an error that cannot be shown';
  }
}
