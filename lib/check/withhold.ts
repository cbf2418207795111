import { LabError } from '../tensor/errors.ts';

let absent: ReadonlySet<string> = new Set();

/** Makes these exports of the library absent for code that sees it through `withholdable`, until the next call. */
export function withhold(names: readonly string[]): void {
  absent = new Set(names);
}

/**
 * The library as cells import it while questions may withhold parts of it: reading a withheld export throws, and so does calling one that
 * a cell has put aside before.
 * @throws LabError `check/withheld` on use of an export that the running question asks the student to write.
 */
export function withholdable<T extends object>(library: T): T {
  const guards = new Map<string | symbol, unknown>();
  const read = (name: string | symbol): unknown => {
    const value = (library as Record<string | symbol, unknown>)[name];
    if (typeof name === 'symbol') return value;
    assertOffered(name);
    if (typeof value !== 'function' && !isDoor(value)) return value;
    if (!guards.has(name)) guards.set(name, isDoor(value) ? withholdable(value) : guarded(name, value as Callable));
    return guards.get(name);
  };
  return new Proxy(
    {},
    {
      get: (_, name) => read(name),
      has: (_, name) => name in library,
      ownKeys: () => Reflect.ownKeys(library).filter(name => typeof name === 'string'),
      getOwnPropertyDescriptor: (_, name) =>
        name in library ? { configurable: true, enumerable: true, get: () => read(name) } : undefined,
    },
  ) as T;
}

/** Whether an export is a door of its own, as `prune` is: a name is absent behind every door. */
export function isDoor(value: unknown): value is object {
  return typeof value === 'object' && value !== null && (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'Module';
}

type Callable = (...args: unknown[]) => unknown;

function guarded(name: string, fn: Callable): Callable {
  return new Proxy(fn, {
    apply: (target, self, args) => {
      assertOffered(name);
      return Reflect.apply(target, self, args);
    },
  });
}

function assertOffered(name: string): void {
  if (absent.has(name)) throw refused(name);
}

function refused(name: string): LabError {
  return new LabError(
    'check/withheld',
    `${name} of the library is not available to this question.`,
    `Write it yourself: that is what is asked.`,
  );
}
