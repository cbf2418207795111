/** Something that is not taken, by its name in the source. */
export interface Refusal {
  readonly path: string;
  readonly reason: string;
}

/** A file of a source. Nothing of it is read before `read`. */
export interface SourceFile {
  /** Parts separated by `/`; passes `nameProblem`. */
  readonly path: string;
  readonly modified: Date;
  /** Where `modified` comes from, for people. */
  readonly modifiedFrom: string;
  /** The whole content, if it has at most `limit` bytes. @throws Refused, for links, pipes, broken data and what is too large as well. */
  read(limit: number): Promise<Buffer>;
}

/** Files as students handed them in: a folder or an archive. */
export interface Source {
  readonly kind: 'folder' | 'zip';
  /** Sorted by path. */
  readonly files: readonly SourceFile[];
  /** What has no usable name, and so belongs to nobody. */
  readonly refused: readonly Refusal[];
  close(): void;
}
