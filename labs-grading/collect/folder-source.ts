import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { Refused, readRegular } from './intake.ts';
import { decodeName, nameProblem } from './names.ts';
import { emptyFolder, type Refusal, type Source, type SourceFile } from './source.ts';

const maximumFiles = 500_000;

/** A folder on disk. No link is followed; pipes, sockets and devices are files that refuse to be read. */
export function folderSource(folder: string): Source {
  const files: SourceFile[] = [];
  const refused: Refusal[] = [];
  walk(Buffer.from(folder), '', { files, refused });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { kind: 'folder', files, refused, close: () => undefined };
}

interface Found {
  readonly files: SourceFile[];
  readonly refused: Refusal[];
}

// Names are bytes here: one that is not UTF-8 must be named as it is, not as it was repaired.
function walk(folder: Buffer, prefix: string, found: Found): void {
  const entries = entriesOf(folder, prefix, found);
  if (!entries) return;
  const taken = (): number => found.files.length + found.refused.length;
  const before = taken();
  for (const entry of entries) {
    const bytes = entry.name as unknown as Buffer;
    const name = decodeName(bytes);
    const path = `${prefix}${name ?? bytes.toString('latin1')}`;
    const problem = name === undefined ? 'its name is not UTF-8' : nameProblem(path);
    const place = Buffer.concat([folder, Buffer.from('/'), bytes]);
    if (problem !== undefined) found.refused.push({ path, reason: problem });
    else if (entry.isDirectory()) walk(place, `${path}/`, found);
    else add(fileAt(place, path, entry), found);
  }
  if (prefix !== '' && taken() === before) add(emptyFolder(prefix, timeOf(folder), 'folder time'), found);
}

function add(file: SourceFile, { files, refused }: Found): void {
  if (files.length < maximumFiles) files.push(file);
  else refused.push({ path: file.path, reason: `more than ${maximumFiles} files` });
}

const timeOf = (place: Buffer): Date => lstatSync(place, { throwIfNoEntry: false })?.mtime ?? new Date(0);

function entriesOf(folder: Buffer, prefix: string, { refused }: Found): Dirent<NonSharedBuffer>[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    refused.push({ path: prefix, reason: `the folder cannot be opened (${(error as NodeJS.ErrnoException).code})` });
    return undefined;
  }
}

function fileAt(place: Buffer, path: string, entry: Dirent<NonSharedBuffer>): SourceFile {
  const modified = timeOf(place);
  const read = async (limit: number): Promise<Buffer> => {
    if (entry.isSymbolicLink()) throw new Refused('it is a symbolic link');
    if (!entry.isFile()) throw new Refused('it is not a regular file');
    return readRegular(place.toString(), limit);
  };
  return { path, modified, modifiedFrom: 'file time', read };
}
