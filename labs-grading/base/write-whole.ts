import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { diskError } from './disk.ts';

export interface WriteOptions {
  /** Return only when the content is on the disk. */
  readonly flush?: boolean;
  /** Who may read it, whatever the umask. */
  readonly mode?: number;
}

/**
 * Writes a file whole or not at all, and makes the folders above it. Several processes may write the same one.
 * @throws GraderError `disk/refused` where the place does not take it.
 */
export function writeWhole(path: string, content: string | Uint8Array, { flush = false, mode }: WriteOptions = {}): void {
  const partial = `${path}.${process.pid}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(partial, content, { flush });
    if (mode !== undefined) chmodSync(partial, mode);
    renameSync(partial, path);
  } catch (error) {
    throw diskError(error, path) ?? error;
  } finally {
    if (existsSync(partial)) rmSync(partial, { force: true });
  }
}

/** The same, but a file that says this already is left alone; returns whether it wrote. */
export function writeChanged(path: string, text: string): boolean {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  writeWhole(path, text);
  return true;
}
