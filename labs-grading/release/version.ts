import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { givenFiles } from './given-files.ts';
import { type LabFiles, labFiles } from './lab-files.ts';
import { studentNotebook } from './student.ts';

/**
 * The version of a lab: 16 hexadecimal digits of the SHA-256 over what it gives to students, the notebook (without the version that is
 * written into it) and the files beside it. The library and the tools around it have versions of their own.
 * @throws GraderError when there is no such lab, or its lab.ts cannot be read.
 */
export function labVersion(lab: string | LabFiles): string {
  const files = typeof lab === 'string' ? labFiles(lab) : lab;
  const notebook = studentNotebook(files);
  return contentHash([
    [`${files.id}.ipynb`, notebook],
    ...givenFiles(files.folder).map(name => [name, readFileSync(join(files.folder, name))] as const),
  ]).slice(0, 16);
}

/** SHA-256 over names and contents, in the order given. */
export function contentHash(files: readonly (readonly [name: string, content: string | Uint8Array])[]): string {
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(JSON.stringify([name, Buffer.byteLength(content)])).update(content);
  return hash.digest('hex');
}
