import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { freePort } from '../../scripts/jupyter/port.mjs';
import { startServer } from '../../scripts/jupyter/server.mjs';
import { createContext } from '../../scripts/setup/context.mjs';
import { GraderError } from '../base/grader-error.ts';
import { projectFolder } from '../base/project.ts';
import { labFiles } from './lab-files.ts';
import { type WatchEvent, watchLab } from './watch.ts';

export interface EditOptions {
  readonly port?: number;
  /** Ends the editing. */
  readonly signal: AbortSignal;
  readonly onReady: (address: string) => void;
  readonly onEvent: (event: WatchEvent) => void;
}

/**
 * Opens lab.ts as a notebook: JupyterLab with jupytext, which pairs it with a lab.ipynb beside it for as long as it runs and writes both on
 * every save; the student notebook follows. Cells that nobody touched keep their bytes. Resolves when JupyterLab has ended.
 * @throws GraderError for a lab outside of the folder `notebooks`, which JupyterLab does not see.
 */
export async function editLab(lab: string, { port = 8888, signal, onReady, onEvent }: EditOptions): Promise<void> {
  const files = labFiles(lab);
  const place = relative(join(projectFolder, 'notebooks'), files.source);
  if (place.startsWith('..'))
    throw new GraderError('lab/problems', [{ rule: 'edit', file: files.source, message: 'JupyterLab sees labs in the folder notebooks' }]);
  const context = createContext({ signal });
  const token = randomBytes(24).toString('hex');
  const free = await freePort(port);
  const notebook = pair(files.source, join(context.python, 'bin/jupytext'));
  const server = await startServer(context, { port: free, token });
  const watching = watchLab(lab, onEvent);
  signal.addEventListener('abort', () => server.stop(), { once: true });
  if (signal.aborted) server.stop();
  onReady(`http://localhost:${free}/lab/tree/${place.replace(/\.ts$/, '.ipynb')}?token=${token}`);
  try {
    await server.ended;
  } finally {
    watching.close();
    rmSync(notebook, { force: true });
    for (const end of ['ts', 'ipynb']) rmSync(join(files.folder, `.ipynb_checkpoints/lab-checkpoint.${end}`), { force: true });
    restoreHeader(files.source);
  }
}

/** Writes lab.ipynb beside lab.ts, for jupytext to keep both the same. */
function pair(source: string, jupytext: string): string {
  const notebook = source.replace(/\.ts$/, '.ipynb');
  rmSync(notebook, { force: true });
  execFileSync(jupytext, ['--quiet', '--set-formats', 'ipynb,ts:percent', source], { stdio: 'pipe' });
  return notebook;
}

/** Takes out of a lab's header what jupytext adds on saving: its version, the pair, and the encoding, which is UTF-8 everywhere. */
export function restoreHeader(source: string): void {
  const text = readFileSync(source, 'utf8');
  const start = text.replace(/^\/\/ -\*- coding: .*\n/, '');
  const header = /^\/\/ ---\n[\s\S]*?\n\/\/ ---\n/.exec(start)?.[0] ?? '';
  const ours = header.replace(/^\/\/ +(?:jupytext_version|formats): .*\n/gm, '') + start.slice(header.length);
  if (ours !== text) writeFileSync(source, ours);
}
