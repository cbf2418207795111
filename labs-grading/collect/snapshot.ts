import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { diskError } from '../base/disk.ts';
import { GraderError } from '../base/grader-error.ts';

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
function snapshotName(submittedAt: string, digest: string): string {
  return `${new Date(submittedAt).toISOString().replace(/[-:]|\.\d+/g, '')}-${digest}`;
}

/**
 * Writes a copy of the files below `parent`, which its owner alone may read and nobody write, and returns its folder: whole or not at all,
 * and on the disk when this returns. Names are those that `pick` lets through, the folder is new, and no file is opened that exists.
 * @throws GraderError when the disk does not take it.
 */
export function writeSnapshot(parent: string, files: ReadonlyMap<string, Buffer>, submittedAt: string): string {
  const digest = digestOf(files);
  const short = join(parent, snapshotName(submittedAt, digest.slice(0, 8)));
  // Eight digits are for people; another submission of the same second that begins with them gets all of its own.
  const folder = !existsSync(short) || holds(short, digest) ? short : join(parent, snapshotName(submittedAt, digest));
  if (existsSync(folder)) return folder;
  try {
    mkdirSync(parent, { recursive: true });
    sweep(parent);
    writeFolder(folder, join(parent, `.${process.pid}.part`), files);
    sync(parent);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new GraderError(
      'collect/disk',
      diskError(error, folder)?.message.split('\n')[0] ?? `${folder} cannot be written: ${message}.`,
      'What was collected before it is kept; mend this and collect again.',
    );
  }
  return folder;
}

/** Whether a snapshot that a killed run wrote, without recording it, has these files. */
function holds(folder: string, digest: string): boolean {
  const deliverables = join(folder, 'deliverables');
  const names = [
    ...readdirSync(folder).filter(name => name !== 'deliverables'),
    ...(existsSync(deliverables) ? readdirSync(deliverables).map(name => `deliverables/${name}`) : []),
  ];
  return digestOf(new Map(names.map(name => [name, readFileSync(join(folder, name))]))) === digest;
}

function writeFolder(folder: string, partial: string, files: ReadonlyMap<string, Buffer>): void {
  const deliverables = join(partial, 'deliverables');
  try {
    mkdirSync(partial, { mode: 0o700 });
    if ([...files.keys()].some(file => file.startsWith('deliverables/'))) mkdirSync(deliverables, { mode: 0o700 });
    for (const [file, bytes] of files) writeNew(join(partial, file), bytes);
    for (const made of [deliverables, partial].filter(path => existsSync(path))) {
      chmodSync(made, 0o500);
      sync(made);
    }
    renameSync(partial, folder);
  } catch (error) {
    remove(partial);
    throw error;
  }
}

/** Removes what killed runs left unfinished. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /^\.(\d+)\.part$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) remove(join(parent, name));
  }
}

function remove(partial: string): void {
  for (const folder of [partial, join(partial, 'deliverables')]) if (existsSync(folder)) chmodSync(folder, 0o700);
  rmSync(partial, { recursive: true, force: true });
}

function writeNew(path: string, bytes: Buffer): void {
  const fd = openSync(path, 'wx', 0o400);
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
