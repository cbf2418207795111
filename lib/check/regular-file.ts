import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refused } from './deliverables/kind.ts';

/**
 * Content of a regular file of at most `most` bytes, perhaps put there by a hostile hand; undefined when nothing is there.
 * @throws LabError `deliver/refused` for a link, a folder, a pipe or a device, and for a file that is larger.
 */
export function regularFile(folder: string, file: string, most: number): Uint8Array | undefined {
  const place = join(folder, file);
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (!found.isFile()) throw refused(`${file} is no regular file.`);
  if (found.size > most) throw refused(`${file} is larger than ${most} bytes.`);
  return readFileSync(place);
}
