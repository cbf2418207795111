import { type Door, libraryDoor } from '../execution/require.ts';
import { currentCell, type RunningCell } from './cell.ts';
import { namesLibrary } from './preload.ts';

/** Says, in the first cell that imports the lab library, that it is being loaded: on a busy machine that takes many seconds. */
export interface Loading {
  /** Called with each cell before it is compiled, which is the first thing that takes time. */
  begins(cell: RunningCell): void;
  /** How cells see what they import. The library has been loaded once it passes here. */
  readonly door: Door;
}

export function createLoading(): Loading {
  let loaded = false;
  return {
    begins({ code, silent, output }) {
      if (!loaded && !silent && namesLibrary(code)) output.status('Loading TinyLab …');
    },
    door(...asked) {
      if (asked[0] === 'tinylab') {
        loaded = true;
        currentCell()?.output.clearStatus();
      }
      return libraryDoor(...asked);
    },
  };
}
