import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { freePort } from '../../scripts/jupyter/port.mjs';
import { startServer } from '../../scripts/jupyter/server.mjs';
import { createContext } from '../../scripts/setup/context.mjs';
import { projectFolder } from '../run/places.ts';
import { labFiles } from './lab-files.ts';
import { ReleaseError } from './problem.ts';
import { type WatchEvent, watchLab } from './watch.ts';

export interface EditOptions {
  readonly port?: number;
  /** Ends the editing. */
  readonly signal: AbortSignal;
  readonly onReady: (address: string) => void;
  readonly onEvent: (event: WatchEvent) => void;
}

/**
 * Opens lab.ts as a notebook: JupyterLab with jupytext, which reads the text and writes it back on every save; the student notebook follows.
 * Cells that nobody touched keep their bytes. Resolves when JupyterLab has ended.
 * @throws ReleaseError for a lab outside of the folder `notebooks`, which JupyterLab does not see.
 */
export async function editLab(lab: string, { port = 8888, signal, onReady, onEvent }: EditOptions): Promise<void> {
  const files = labFiles(lab);
  const place = relative(join(projectFolder, 'notebooks'), files.source);
  if (place.startsWith('..'))
    throw new ReleaseError({ rule: 'edit', file: files.source, message: 'JupyterLab sees labs in the folder notebooks' });
  const context = createContext({ signal });
  const token = randomBytes(24).toString('hex');
  const free = await freePort(port);
  const server = await startServer(context, { port: free, token });
  const watching = watchLab(lab, onEvent);
  signal.addEventListener('abort', () => server.stop(), { once: true });
  if (signal.aborted) server.stop();
  onReady(`http://localhost:${free}/lab/tree/${place}?factory=Notebook&token=${token}`);
  try {
    await server.ended;
  } finally {
    watching.close();
    restoreHeader(files.source);
  }
}

/** Takes out of a lab's header what jupytext adds on saving: its version, and the encoding, which is UTF-8 everywhere. */
export function restoreHeader(source: string): void {
  const text = readFileSync(source, 'utf8');
  const ours = text.replace(/^\/\/ -\*- coding: .*\n/, '').replace(/^(\/\/ ---\n(?:\/\/ (?!---).*\n)*?)\/\/ +jupytext_version: .*\n/, '$1');
  if (ours !== text) writeFileSync(source, ours);
}
