import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** The nearest ancestor of a path (or the path itself) that exists. */
export function existing(path) {
  return existsSync(path) ? path : existing(dirname(path));
}

export const hashText = text => createHash('sha256').update(text).digest('hex');

/** sha256 of one file's content, '' when there is none. */
export const hashFile = path => (existsSync(path) ? hashText(readFileSync(path)) : '');

/** sha256 of a large file, read as a stream. */
export async function hashStream(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** All files below a folder in a fixed order, as paths relative to it; `skip` holds names of folders and files to leave out. */
export function listFiles(folder, skip = new Set()) {
  if (!existsSync(folder)) return [];
  const below = (relative = '') =>
    readdirSync(join(folder, relative), { withFileTypes: true }).flatMap(entry => {
      const path = relative ? `${relative}/${entry.name}` : entry.name;
      if (skip.has(entry.name)) return [];
      return entry.isDirectory() ? below(path) : [path];
    });
  return below().sort();
}

/** One hash for a folder: names and contents. */
export const hashFolder = (folder, skip) =>
  hashText(
    listFiles(folder, skip)
      .map(file => `${file}\0${hashFile(join(folder, file))}\n`)
      .join(''),
  );

/** Writes a file so that a reader sees the old or the new content, never a part. */
export function writeAtomic(path, content) {
  const temporary = partial(path);
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Points a symbolic link somewhere, replacing what was there in one step. */
export function linkAtomic(target, path) {
  const temporary = partial(path);
  rmSync(temporary, { force: true });
  symlinkSync(target, temporary);
  renameSync(temporary, path);
}

/** A name beside `path` that only this process uses and that a later run recognises as left over (see sweep). */
export const partial = path => `${path}.partial-${hostname()}-${process.pid}`;

/** Removes what killed set-ups left in a folder; what a live process is writing stays. */
export function sweep(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const [, host, pid] = name.match(/\.partial-(.+)-(\d+)$/) ?? [];
    if (host === hostname() && !alive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether a process of this machine runs. */
export function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The first of some programs that the PATH holds, as an absolute path, or undefined. */
export function which(names, path = '') {
  const folders = path.split(delimiter).filter(Boolean);
  return [names]
    .flat()
    .flatMap(name => folders.map(folder => join(folder, name)))
    .find(executable);
}

export function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
