import Module from 'node:module';
import { LabError } from 'tinylab';
import { isDoor, withholdable } from 'tinylab/grading';

const loader = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown };

/**
 * Shows cells the library through a door that closes for some exports while a question asks for them. Functions that any question
 * withholds are wrapped, behind whichever door they stand, so that one which a cell has put aside stays closed as well. What graders use of
 * the library is not there at all. Returns the function that closes them.
 */
export function installDoor(library: object, withheld: readonly string[]): (names: readonly string[]) => void {
  // kept here, where no call of a cell can change it
  let absent: ReadonlySet<string> = new Set();
  const guarded =
    (name: string, real: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): unknown => {
      if (absent.has(name)) throw withheldError(name);
      return real(...args);
    };
  const shown = (door: object): object => {
    const entries = Object.entries(door).map(([name, value]) => {
      if (isDoor(value)) return [name, shown(value)];
      return [name, typeof value === 'function' && withheld.includes(name) ? guarded(name, value as never) : value];
    });
    return withholdable(Object.fromEntries(entries));
  };
  const door = shown(library);
  const load = loader._load;
  loader._load = (id, ...rest) => {
    if (String(id).startsWith('tinylab/')) throw new LabError('check/door', `${id} is for graders.`, 'Import from tinylab.');
    return id === 'tinylab' ? door : load(id, ...rest);
  };
  return names => {
    absent = new Set(names);
  };
}

const withheldError = (name: string): LabError =>
  new LabError('check/withheld', `${name} of the library is not available to this question.`, 'Write it yourself: that is what is asked.');
