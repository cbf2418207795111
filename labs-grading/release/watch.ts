import { type FSWatcher, watch } from 'node:fs';
import { GraderError } from '../base/grader-error.ts';
import { labFiles } from './lab-files.ts';
import { writeNotebook } from './release.ts';

/** What came of a change: the notebook was written, was right already, or could not be made. */
export type WatchEvent = { readonly kind: 'written' | 'up to date' } | { readonly kind: 'refused'; readonly error: Error };

export interface Watching {
  close(): void;
}

/**
 * Writes a lab's notebook now and after every change in its folder. An error is told and the watching goes on: the next save may mend it.
 * Several events within `quietMs` are one save.
 * @throws GraderError when there is no such lab.
 */
export function watchLab(lab: string, onEvent: (event: WatchEvent) => void, { quietMs = 100 } = {}): Watching {
  const { folder } = labFiles(lab);
  let timer: NodeJS.Timeout | undefined;
  const update = (): void => onEvent(updated(lab));
  const watcher: FSWatcher = watch(folder, { recursive: true }, (_, name) => {
    if (name !== null && /\.(ipynb|part)$|(^|\/)(deliverables|predictions|\.[^/]*)(\/|$)/.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(update, quietMs);
  });
  watcher.on('error', error => onEvent({ kind: 'refused', error }));
  update();
  return {
    close: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

function updated(lab: string): WatchEvent {
  try {
    return { kind: writeNotebook(lab) ? 'written' : 'up to date' };
  } catch (error) {
    // An editor that saves by renaming leaves a moment without the file.
    if (error instanceof GraderError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return { kind: 'refused', error: error as Error };
    throw error;
  }
}
