/** Representations of one value by media type, as Jupyter sends them. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** Why the last run of a cell gave a name no value: the cell did not compile, or an error came first. */
export interface FailedRun {
  /** Whether the cell was refused before it ran. */
  readonly kind: 'compile error' | 'threw';
  /** What the compiler or the error said. */
  readonly message: string;
}

/** A top-level name of the notebook's cells. */
export interface HostLookup {
  /** Whether it has a value. */
  readonly found: boolean;
  /** Its present value. */
  readonly value?: unknown;
  /** Why the last run of the cell that declares it gave it no value: what it has, if anything, is that of an earlier run. */
  readonly failed?: FailedRun;
  /** Asked after code has run: the first name that it has read since this lookup and whose own cell no longer compiles. */
  readonly old?: () => { readonly name: string; readonly failed: FailedRun } | undefined;
}

/** What the kernel offers to the library. It is found on globalThis, so that neither imports the other. */
export interface KernelHost {
  readonly version: 1;
  /** Shows a bundle in the cell that runs. With an `id` it can be updated later, also from other cells. */
  display(bundle: MimeBundle, options?: { id?: string; update?: boolean; metadata?: MimeBundle }): void;
  /** Clears the output of the running cell; with `wait`, when the next output comes. */
  clearOutput(wait?: boolean): void;
  /** Fires when the user interrupts the cell that runs now. */
  signal(): AbortSignal;
  /** Calls `repair` after a forced termination, before the next cell: library state may be half-changed. Returns the unsubscribe function. */
  onTerminate(repair: () => void): () => void;
  /** Looks up a top-level name of the notebook's cells, with its present value. */
  lookup(name: string): HostLookup;
}

const key = Symbol.for('tinylab.kernel');

/** The kernel this process runs in, or undefined in a terminal, a test or the grader. */
export function kernelHost(): KernelHost | undefined {
  return (globalThis as { [key]?: KernelHost })[key];
}

/** An object with this method shows itself: it returns the bundle that a notebook displays. */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display') as never;
