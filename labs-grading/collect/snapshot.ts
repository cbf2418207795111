import { createHash } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** sha256 over names and bytes of the files, in the order of their names. */
export function digestOf(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const name of [...files.keys()].sort()) {
    const bytes = files.get(name) as Buffer;
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** Name of a submission's folder: `20261122T225900Z-1a2b3c4d`. */
export function snapshotName(submittedAt: string, digest: string): string {
  const time = new Date(submittedAt).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${digest.slice(0, 8)}`;
}

/**
 * Writes a read-only copy of the files as the folder `name` inside `parent`: whole or not at all, and on the disk when this returns. Names
 * are those that `pick` lets through, the folder is new, and no file is opened that exists.
 */
export function writeSnapshot(parent: string, name: string, files: ReadonlyMap<string, Buffer>): string {
  const folder = join(parent, name);
  if (existsSync(folder)) return folder;
  mkdirSync(parent, { recursive: true });
  sweep(parent);
  const partial = join(parent, `.${name}.part`);
  const deliverables = join(partial, 'deliverables');
  mkdirSync(partial);
  if ([...files.keys()].some(file => file.startsWith('deliverables/'))) mkdirSync(deliverables);
  for (const [file, bytes] of files) writeNew(join(partial, file), bytes);
  for (const made of [deliverables, partial].filter(path => existsSync(path))) {
    chmodSync(made, 0o555);
    sync(made);
  }
  renameSync(partial, folder);
  sync(parent);
  return folder;
}

/** Removes what a killed run left unfinished. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent).filter(entry => /^\..*\.part$/.test(entry))) {
    const partial = join(parent, name);
    for (const folder of [partial, join(partial, 'deliverables')]) if (existsSync(folder)) chmodSync(folder, 0o755);
    rmSync(partial, { recursive: true });
  }
}

function writeNew(path: string, bytes: Buffer): void {
  const fd = openSync(path, 'wx', 0o444);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function sync(folder: string): void {
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
