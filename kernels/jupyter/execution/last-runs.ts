/** Why the last run of the cell that declares a name gave it no value. */
export interface FailedRun {
  /** Whether the cell was refused before it ran, or ended with an error. */
  readonly kind: 'compile error' | 'threw';
  /** What the compiler or the error said. */
  readonly message: string;
}

/** One run of a cell. */
export interface CellRun {
  /** The cell's id, where the client sends one. */
  readonly cell?: string | undefined;
  /** Names that it gave a value. */
  readonly given: readonly string[];
  /** Why it ended early, if it did. */
  readonly failure?: FailedRun;
  /** With `failure`: names that it declares and gave no value. */
  readonly missing?: readonly string[];
}

/**
 * Remembers which cell each name comes from and whether that cell's last run gave it anew. Without ids, any cell that declares a name
 * counts as the one that it comes from; with them, a cell that tries the name elsewhere and fails takes nothing from the one that has it.
 */
export interface LastRuns {
  /** Takes note of a run, and returns the names whose cell has failed with it. */
  ended(run: CellRun): string[];
  /** These cells are no longer in the notebook. */
  deleted(cells: readonly string[]): void;
  /** Why the present value of a name, if it has any, is not what its cell says now. */
  failureOf(name: string): FailedRun | undefined;
}

export function createLastRuns(): LastRuns {
  /** The cell that gave each name its value; undefined for one without an id. */
  const owners = new Map<string, string | undefined>();
  const failures = new Map<string, FailedRun>();
  const ownedBy = (cell: string | undefined) =>
    cell === undefined ? [] : [...owners].filter(([, owner]) => owner === cell).map(([name]) => name);
  const isStrange = (name: string, cell: string | undefined) => {
    const owner = owners.get(name);
    return cell !== undefined && owner !== undefined && owner !== cell;
  };
  return {
    ended({ cell, given, failure, missing = [] }) {
      const concerned = [...missing, ...ownedBy(cell)];
      const failed = failure ? concerned.filter(name => !isStrange(name, cell)) : [];
      if (failure) for (const name of failed) failures.set(name, failure);
      else for (const name of concerned) failures.delete(name);
      for (const name of given) {
        owners.set(name, cell);
        failures.delete(name);
      }
      return failed;
    },
    deleted(cells) {
      for (const cell of cells) for (const name of ownedBy(cell)) owners.set(name, undefined);
    },
    failureOf: name => failures.get(name),
  };
}
