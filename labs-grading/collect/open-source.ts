import { statSync } from 'node:fs';
import { folderSource } from './folder-source.ts';
import { CollectError, type Source } from './source.ts';
import { zipSource } from './zip-source.ts';

/** Opens a folder or a zip. @throws CollectError */
export async function openSource(path: string): Promise<Source> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new CollectError(`${path}: there is no such file or folder.`);
  if (stat.isDirectory()) return folderSource(path);
  if (!stat.isFile()) throw new CollectError(`${path}: neither a folder nor a file.`);
  try {
    return await zipSource(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CollectError(`${path}: not a zip that can be read (${why}). Give a folder, or the zip that the course system wrote.`);
  }
}
