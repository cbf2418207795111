import { join, relative } from 'node:path';

/** Root of the project that this grader belongs to. */
export const projectFolder: string = join(import.meta.dirname, '../..');

/** A path as messages show it: from the project's folder where it lies inside. */
export function shown(path: string): string {
  const inside = relative(projectFolder, path);
  return inside.startsWith('..') ? path : inside;
}
