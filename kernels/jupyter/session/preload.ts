import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Whether a cell names the lab library, as an import of it does. */
export const namesLibrary = (code: string): boolean => /(['"])tinylab\1/.test(code);

/**
 * Called with the code of each cell before its types are checked. At the first that names the lab library, lets another thread open the
 * library's native parts, which takes about as long as the check. Where a notebook's folder `cwd` has no such library, nothing happens.
 */
export function createPreload(cwd: string): (code: string) => void {
  let started = false;
  return code => {
    if (started || !namesLibrary(code)) return;
    started = true;
    try {
      createRequire(join(cwd, 'cell.js'))('tinylab/preload');
    } catch {
      // The cell's own import says what is wrong with the library.
    }
  };
}
