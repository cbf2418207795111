import Module from 'node:module';
import { LabError, withholdable } from 'tinylab';

const loader = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown };

/**
 * Shows cells the library through a door that closes for some exports while a question asks for them. Functions that any question
 * withholds are wrapped, so that one which a cell has put aside stays closed as well. Returns the function that closes them.
 */
export function installDoor(library: object, withheld: readonly string[]): (names: readonly string[]) => void {
  let absent: ReadonlySet<string> = new Set();
  const wrapped = Object.fromEntries(
    withheld.flatMap(name => {
      const real = (library as Record<string, unknown>)[name];
      if (typeof real !== 'function') return [];
      const guarded = (...args: unknown[]): unknown => {
        if (!absent.has(name)) return real(...args);
        throw new LabError(
          'check/withheld',
          `${name} of the library is not available to this question.`,
          'Write it yourself: that is what is asked.',
        );
      };
      return [[name, guarded]];
    }),
  );
  const door = withholdable({ ...library, ...wrapped });
  const load = loader._load;
  loader._load = (id, ...rest) => (id === 'tinylab' ? door : load(id, ...rest));
  return names => {
    absent = new Set(names);
  };
}
