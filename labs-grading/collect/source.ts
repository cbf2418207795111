import { Refused } from './intake.ts';

/** Something that is not taken, by its name in the source. */
export interface Refusal {
  readonly path: string;
  readonly reason: string;
}

/** A file of a source. Nothing of it is read before `read`. */
export interface SourceFile {
  /** Parts separated by `/`; passes `nameProblem`, but for the `/` that ends an empty folder's. */
  readonly path: string;
  /** A folder in which no file is: there is nothing to read, but somebody may have handed in nothing. */
  readonly isEmptyFolder?: true;
  readonly modified: Date;
  /** Where `modified` comes from, for people. */
  readonly modifiedFrom: string;
  /** The whole content, if it has at most `limit` bytes. @throws Refused, for links, pipes, broken data and what is too large as well. */
  read(limit: number): Promise<Buffer>;
}

/** A folder without files, which stands for whoever it is called after. `path` ends with `/`. */
export const emptyFolder = (path: string, modified: Date, modifiedFrom: string): SourceFile => ({
  path,
  isEmptyFolder: true,
  modified,
  modifiedFrom,
  read: () => Promise.reject(new Refused('it is a folder')),
});

/** Every folder that one of the paths lies in, each ending with `/`. */
export function foldersAbove(paths: Iterable<string>): Set<string> {
  const above = (path: string): string => path.slice(0, path.slice(0, -1).lastIndexOf('/') + 1);
  const folders = new Set<string>();
  for (const path of paths)
    for (let folder = above(path); folder !== '' && !folders.has(folder); folder = above(folder)) folders.add(folder);
  return folders;
}

/** Files as students handed them in: a folder or an archive. */
export interface Source {
  readonly kind: 'folder' | 'zip';
  /** Sorted by path; folders without files are among them. */
  readonly files: readonly SourceFile[];
  /** What has no usable name, and so belongs to nobody. */
  readonly refused: readonly Refusal[];
  close(): void;
}
