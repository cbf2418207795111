import { LabError } from '../tensor/errors.ts';

let absent: ReadonlySet<string> = new Set();

/** Makes these exports of the library absent for code that sees it through `withholdable`, until the next call. */
export function withhold(names: readonly string[]): void {
  absent = new Set(names);
}

/**
 * The library as cells import it while questions may withhold parts of it: reading a withheld export throws.
 * @throws LabError `check/withheld` on use of an export that the running question asks the student to write.
 */
export function withholdable<T extends object>(library: T): T {
  return new Proxy(
    {},
    {
      get: (_, name) => {
        if (typeof name === 'string' && absent.has(name)) throw refused(name);
        return (library as Record<string | symbol, unknown>)[name];
      },
      has: (_, name) => name in library,
      ownKeys: () => Reflect.ownKeys(library).filter(name => typeof name === 'string'),
      getOwnPropertyDescriptor: (_, name) =>
        name in library
          ? { configurable: true, enumerable: true, get: () => (library as Record<string | symbol, unknown>)[name] }
          : undefined,
    },
  ) as T;
}

function refused(name: string): LabError {
  return new LabError(
    'check/withheld',
    `${name} of the library is not available to this question.`,
    `Write it yourself: that is what is asked.`,
  );
}
