import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../../base/project.ts';
import type { BundleFile } from './file.ts';

/** A file of the project at the same place in the student's folder. */
export const projectFile = (path: string): BundleFile => ({ path, content: readFileSync(join(projectFolder, path)), from: path });

/** A file that is made, and from which source. */
export const madeFile = (path: string, text: string, from: string): BundleFile => ({ path, content: Buffer.from(text), from });

/** Paths below a folder of the project that pass the test, relative to the project. */
export function projectPaths(folder: string, ships: (path: string) => boolean): string[] {
  return readdirSync(join(projectFolder, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`;
    if (!ships(path)) return [];
    return entry.isDirectory() ? projectPaths(path, ships) : [path];
  });
}

export const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(projectFolder, path), 'utf8')) as T;

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
