import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** A file that a student handed in and that the grader will not touch. The message is for the report. */
export class Refused extends Error {
  override name = 'Refused';
}

/** Largest notebook that is read. */
export const maximumNotebookBytes: number = 20 * 2 ** 20;

/** Largest single file of a deliverable, and how many files a student may hand in; a model takes two. */
export const maximumDeliverableBytes: number = 64 * 2 ** 20;
export const maximumDeliverables = 64;

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
    if (size > limit) throw new Refused(`it has ${size} bytes; at most ${limit} are read`);
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

/** Text of a stranger in one line of a reasonable length: a second line could pass for one of ours. */
export function oneLine(text: string): string {
  const line = text.replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300).toWellFormed()}…` : line;
}

/** Text of a stranger without the characters that would drive a terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
