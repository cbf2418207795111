import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Called with the code of each cell before its types are checked. At the first that names the lab library, lets another thread open the
 * library's native parts, which takes about as long as the check. Where a notebook's folder `cwd` has no such library, nothing happens.
 */
export function createPreload(cwd: string): (code: string) => void {
  let started = false;
  return code => {
    if (started || !/(['"])tinylab\1/.test(code)) return;
    started = true;
    try {
      createRequire(join(cwd, 'cell.js'))('tinylab/preload');
    } catch {
      // The cell's own import says what is wrong with the library.
    }
  };
}
