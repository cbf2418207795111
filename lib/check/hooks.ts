/** What a grader decides before any cell runs. In a notebook there are no hooks: work runs, results are saved, `staff` answers. */
export interface CheckHooks {
  /** Folder with what was handed in. */
  readonly deliverables: string;
  /** True: `deliver` returns the saved result and leaves the work alone. */
  readonly saved: boolean;
  /** With `saved`: work whose result is not there yet runs all the same. */
  readonly fill?: boolean;
  /** True: a grader asks the questions itself, so `check` and `checkAll` in a cell do nothing. */
  readonly graded?: boolean;
  /** True: `staff` answers; false: it refuses. A function decides name by name: undefined refuses. */
  readonly staff: boolean | ((name: string) => unknown);
}

const key = Symbol.for('tinylab.check');

/** The hooks of this process, if a grader set any. */
export function checkHooks(): CheckHooks | undefined {
  return (globalThis as { [key]?: CheckHooks })[key];
}

/** Sets the hooks for the life of this process. A runner calls it before the first cell. */
export function setCheckHooks(hooks: CheckHooks): void {
  Object.defineProperty(globalThis, key, { value: Object.freeze({ ...hooks }) });
}
