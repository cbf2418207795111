// What the autograder, which is type-checked, takes of the reader.

/** Something odd about a notebook, in words that student and staff read alike. */
export interface ReadAnomaly {
  readonly kind: 'unreadable' | 'another lab' | 'missing' | 'duplicated' | 'changed' | 'moved' | 'too long';
  /** Cell that it is about, by its grade id or as `cell 7`; empty for the whole notebook. */
  readonly about: string;
  readonly detail: string;
}

/** One cell, as far as grading cares. */
export interface ReadCell {
  /** Place in the notebook, from 0. */
  readonly index: number;
  readonly id: string | undefined;
  readonly type: string;
  readonly source: string;
  readonly gradeId: string | undefined;
  readonly solution: boolean;
  readonly grade: boolean;
  readonly locked: boolean;
  /** nbgrader's, of the text that was handed out. */
  readonly checksum?: string;
  readonly points?: number;
  /** As they stand in the file: whoever shows them reads them with care. */
  readonly outputs?: unknown;
  /** Files that a text cell carries, by name and media type; read with the same care. */
  readonly attachments?: unknown;
  /** Its question is gone from this version of the lab: it answers none. */
  readonly gone?: boolean;
}

/** A notebook that was read, with the version of the lab and the lab that it names. */
export interface ReadNotebook {
  readonly cells: readonly ReadCell[];
  readonly anomalies: readonly ReadAnomaly[];
  readonly version?: string;
  readonly lab?: string;
}

/** A code cell of the notebook that runs. */
export interface RunCell {
  /** Grade id where the cell has one, else its id, else its place; further cells of one answer and the student's own have names of their own. */
  readonly id: string;
  /** Number among all cells, from 1, as a person counts them. */
  readonly number: number;
  readonly source: string;
  /** Whether the text is the student's to write. */
  readonly answer: boolean;
}

/** The released notebook with the answers of another one. */
export interface Match {
  /** Nothing of the notebook can be asked: it is another lab's. */
  readonly state?: 'another lab';
  /** Code cells to run, in the order of the released notebook; cells that only check are left out. */
  readonly cells: readonly RunCell[];
  /** Names of answers whose text is still the one that was handed out. */
  readonly untouched: readonly string[];
  readonly anomalies: readonly ReadAnomaly[];
  /** How many answers somebody has written. */
  readonly written: number;
  /** The cells that are the answer, by its name; none where it was deleted. */
  readonly answers: ReadonlyMap<string, readonly ReadCell[]>;
}

export declare function readNotebook(file: Uint8Array | string): ReadNotebook | { readonly wrong: string };
export declare function matchCells(released: Pick<ReadNotebook, 'cells' | 'lab' | 'version'>, submitted: ReadNotebook): Match;
/** Answers in which nobody has written anything. */
export declare function openAnswers(match: Match): [name: string, cells: readonly ReadCell[]][];
export declare function textOf(bytes: Uint8Array): { readonly text: string; readonly note?: string } | { readonly wrong: string };
export declare function parseHostile(text: string): { readonly value: unknown } | { readonly wrong: string };
/** What the grader takes of one hand-in, in bytes and files. */
export declare const limits: {
  readonly notebook: number;
  readonly deliverable: number;
  readonly deliverables: number;
  readonly total: number;
  readonly cells: number;
  /** Characters of one answer. */
  readonly source: number;
};
/** File beside a lab's notebook, which students write into: the same as it was handed out. */
export declare const releasedName: string;
/** The labs of a copy of the project. */
export declare function labsIn(root: string): string[];
/** Which of the labs a file is of, by its name or by what stands in it. */
export declare function labNamed(
  labs: readonly string[],
  file: string,
  read?: ReadNotebook | { readonly wrong: string },
): string | undefined;
/** A notebook that came back, against the one that was handed out, or against itself where this copy of the project does not know that. */
export declare function matchFile(
  root: string,
  file: string,
  bytes: Uint8Array,
): (ReadNotebook & { readonly lab: string; readonly match: Match }) | { readonly wrong: string };
/** Names under which a cell's source hands something in. */
export declare function delivered(source: string): string[];
