import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GraderError } from '../../base/grader-error.ts';
import { writeWhole } from '../../base/write-whole.ts';
import type { BundleFile } from './file.ts';
import { zipOf } from './zip.ts';

/**
 * Writes a student's folder: all of it to DIR.part, which then becomes DIR, so that no one ever finds half of it.
 * @throws GraderError when the folder holds something already.
 */
export function writeFolder(files: readonly BundleFile[], folder: string): void {
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new GraderError('lab/problems', [{ rule: 'out', file: folder, message: 'the folder is not empty; remove it or name another' }]);
  const partial = `${target}.part`;
  rmSync(partial, { recursive: true, force: true });
  for (const { path, content } of files) {
    const file = join(partial, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (isProgram(content)) chmodSync(file, 0o755);
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(partial, target);
}

/** Writes the folder as an archive: the same files give the same bytes. */
export async function writeZip(files: readonly BundleFile[], path: string, root: string): Promise<void> {
  const bytes = await zipOf(files.map(({ path, content }) => ({ path: `${root}/${path}`, content, program: isProgram(content) })));
  writeWhole(path, bytes);
}

/** A file that starts with `#!` can be started by its name. */
export const isProgram = (content: Buffer): boolean => content[0] === 0x23 && content[1] === 0x21;
