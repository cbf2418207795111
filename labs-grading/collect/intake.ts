import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../scripts/notebook/reader.mjs';

/** A file that a student handed in and that the grader will not touch. The message is for the report. */
export class Refused extends Error {
  override name = 'Refused';
}

/** A file of more bytes than are read. */
export class TooLarge extends Refused {}

/** Largest notebook that is read. */
export const maximumNotebookBytes: number = limits.notebook;

/** Largest single file of a deliverable, and how many files a student may hand in; a model takes two. */
export const maximumDeliverableBytes: number = limits.deliverable;
export const maximumDeliverables: number = limits.deliverables;

/** What a file of `deliverables/` may be called. */
export const deliverableName: RegExp = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.(json|safetensors)$/;

/**
 * Reads a file of a stranger: a regular file with one name, no link, no pipe (which would block), no more than `limit` bytes.
 * @throws Refused
 */
export function readRegular(path: string, limit: number): Buffer {
  const fd = open(path);
  try {
    const { size, nlink } = assertRegular(fd);
    if (nlink > 1) throw new Refused('it has a second name (a hard link)');
    if (size > limit) throw new TooLarge(`it has ${size} bytes; at most ${limit} are read`);
    const content = Buffer.alloc(size);
    let read = 0;
    for (let n = -1; n !== 0 && read < size; read += n) n = readSync(fd, content, read, size - read, read);
    return content.subarray(0, read);
  } finally {
    closeSync(fd);
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refused(
      code === 'ELOOP' ? 'it is a symbolic link' : code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${code})`,
    );
  }
}

function assertRegular(fd: number): { size: number; nlink: number } {
  const stat = fstatSync(fd);
  if (!stat.isFile()) throw new Refused('it is not a regular file');
  return stat;
}

export interface Student {
  /** Name of the folder, as it is on disk. */
  readonly id: string;
  readonly folder: string;
}

/** The students of a folder: one real directory each, sorted by name; what starts with a dot is none. */
export function studentsIn(submissions: string): Student[] {
  return readdirSync(submissions, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(entry => ({ id: entry.name, folder: join(submissions, entry.name) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The notebook that a student handed in: the one with the lab's name, or the only one there is. */
export function notebookOf(student: Student, name: string): string | undefined {
  const files = readdirSync(student.folder).filter(file => file.endsWith('.ipynb'));
  const file = files.includes(name) ? name : files.length === 1 ? files[0] : undefined;
  return file === undefined ? undefined : join(student.folder, file);
}

/** The notebook in a submission's folder as it was handed in, or why there is none. */
export function handedInNotebook(folder: string, lab: string): Buffer | { readonly refused: string } {
  try {
    const path = notebookOf({ id: '', folder }, `${lab}.ipynb`);
    return path === undefined ? { refused: `no notebook ${lab}.ipynb` } : readRegular(path, maximumNotebookBytes);
  } catch (error) {
    if (error instanceof Refused) return { refused: `the notebook was refused: ${error.message}` };
    throw error;
  }
}
