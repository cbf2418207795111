import { statSync } from 'node:fs';
import { GraderError } from '../base/grader-error.ts';
import { folderSource } from './folder-source.ts';
import type { Source } from './source.ts';
import { zipSource } from './zip-source.ts';

/** Opens a folder or a zip. @throws GraderError */
export async function openSource(path: string): Promise<Source> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new GraderError('collect/source', `${path}: there is no such file or folder.`);
  if (stat.isDirectory()) return folderSource(path);
  if (!stat.isFile()) throw new GraderError('collect/source', `${path}: neither a folder nor a file.`);
  try {
    return await zipSource(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GraderError(
      'collect/source',
      `${path}: not a zip that can be read (${why}). Give a folder, or the zip that the course system wrote.`,
    );
  }
}
