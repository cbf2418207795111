import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from '../release/version.ts';
import { Workspace } from '../release/workspace.ts';
import type { LabToMutate } from './lab-to-mutate.ts';
import { stateFolder } from './record.ts';

/**
 * Where a lab's cells run: a private copy of what students are given. What its own answers deliver is kept for the next run, under a hash of
 * the cells, so that nothing is trained twice.
 */
export class NotebookFolder {
  readonly workspace: Workspace;
  readonly #kept: string;

  constructor({ files, cells }: LabToMutate) {
    const code = cells.filter(({ type }) => type === 'code').map(({ source }, i) => [`${i}`, source] as const);
    this.#kept = join(stateFolder(files.id), `delivered-${contentHash(code).slice(0, 16)}`);
    this.workspace = new Workspace(files.folder);
    if (existsSync(this.#kept)) cpSync(this.#kept, this.workspace.deliverables, { recursive: true });
  }

  get path(): string {
    return this.workspace.folder;
  }

  /** Keeps what was delivered, and removes the copy. */
  close(): void {
    const { deliverables } = this.workspace;
    const aside = join(this.path, 'aside');
    if (existsSync(aside)) cpSync(aside, deliverables, { recursive: true });
    if (existsSync(deliverables)) {
      const partial = `${this.#kept}.${process.pid}.part`;
      mkdirSync(stateFolder('.'), { recursive: true });
      cpSync(deliverables, partial, { recursive: true });
      rmSync(this.#kept, { recursive: true, force: true });
      renameSync(partial, this.#kept);
    }
    this.workspace.remove();
  }
}
