import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The most bytes that the folder of built files keeps. */
const most = 256 * 2 ** 20;

/** Where built files are kept: in the user's cache folder, safe to delete. */
export const builtFolder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tinylab/mcu');

/** Copies a built file to `target`, if there is one of that name. */
export function takeBuilt(name: string, target: string): boolean {
  const path = join(builtFolder(), name);
  try {
    copyFileSync(path, target);
  } catch {
    return false;
  }
  try {
    // used last
    utimesSync(path, new Date(), new Date());
  } catch {
    // a folder that may only be read: then nothing is thrown away either
  }
  return true;
}

let number = 0;

/** Keeps a built file under a name. A cache folder that cannot be written, or a full disk, keeps nothing; that is no error. */
export function keepBuilt(name: string, file: string): void {
  const folder = builtFolder();
  const partial = join(folder, `${name}.partial-${process.pid}-${number++}`);
  try {
    mkdirSync(folder, { recursive: true });
    copyFileSync(file, partial);
    renameSync(partial, join(folder, name));
  } catch {
    discard(partial);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // where nothing can be written there is nothing
  }
}

/** Throws away what was not used for longest, until the rest is small enough. */
export function trimBuilt(limit: number = most): void {
  const folder = builtFolder();
  try {
    const files = readdirSync(folder).flatMap(name => {
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      return found?.isFile() ? [{ name, bytes: found.size, used: found.mtimeMs }] : [];
    });
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of files.sort((a, b) => a.used - b.used)) {
      if (bytes <= limit) break;
      rmSync(join(folder, file.name), { force: true });
      bytes -= file.bytes;
    }
  } catch {
    // no folder, or one that may only be read
  }
}
