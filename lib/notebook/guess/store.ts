import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { regularFile } from '../../check/regular-file.ts';
import { LabError } from '../../tensor/errors.ts';
import { checkedGuess, type Guess } from './value.ts';

const format = 'tinylab guess';
const version = 1;
const largest = 2 ** 18;

/** Folder beside the notebook in which guesses lie, one file each. It is not handed in. */
const folder = (): string => join(process.cwd(), 'predictions');

/** The file of a guess, as a student finds it beside the notebook. */
export const guessFile = (id: string): string => `predictions/${id}.json`;

/** Guesses that could not be written, by their path: they hold as long as this kernel. */
const unwritten = new Map<string, Guess>();

const pathOf = (id: string): string => join(folder(), `${id}.json`);

/** @throws LabError `guess/id` for a name that is none. */
export function assertGuessId(id: unknown): asserts id is string {
  if (typeof id === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) return;
  const got = typeof id === 'string' ? JSON.stringify(id.slice(0, 80)) : `a ${typeof id}`;
  throw new LabError('guess/id', `A guess cannot be called ${got}.`, "Use up to 64 letters, digits, - and _, such as 'peak-memory'.");
}

/**
 * The guess that is locked under this name; undefined when there is none. The file may be hostile: links and special files are refused, its
 * size is capped, and nothing but a guess comes out.
 * @throws LabError `guess/file` when the file is not one that `predict` wrote.
 */
export function lockedGuess(id: string): Guess | undefined {
  const written = regular(id);
  return written ? guessIn(id, written) : unwritten.get(pathOf(id));
}

function regular(id: string): Uint8Array | undefined {
  try {
    return regularFile(folder(), `${id}.json`, largest);
  } catch (error) {
    // A folder that is none, or that may not be looked into, has no guess; writing one will say what is wrong.
    if (!(error instanceof LabError)) return undefined;
    throw unreadable(id, error.message);
  }
}

function guessIn(id: string, written: Uint8Array): Guess {
  try {
    const fields = JSON.parse(new TextDecoder().decode(written)) ?? {};
    const ours = fields.format === format && fields.version === version && fields.id === id;
    const guess = ours ? checkedGuess(id, fields.guess) : undefined;
    if (guess !== undefined) return guess;
  } catch {
    // told below, whatever is wrong with it
  }
  throw unreadable(id, `${guessFile(id)} is not a guess called ${id}.`);
}

const unreadable = (id: string, message: string): LabError =>
  new LabError('guess/file', message, `Delete ${guessFile(id)} and run the cell with predict('${id}', …) again.`);

/** What the system says, without the path. */
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message.replace(/,.*/s, '') : String(error));

/** What came of keeping a guess. */
export interface Kept {
  /** The guess that holds: the first one. */
  readonly guess: Guess;
  /** Why it is not on the disk; it holds as long as this kernel all the same. */
  readonly problem: LabError | undefined;
}

/**
 * Keeps the first guess under a name, in a file that appears whole or not at all, and returns the guess that holds from now on. Of two
 * programs that guess at the same time one is first.
 * @throws LabError `guess/file` when there is a file already that is no guess.
 */
export function keepFirst(id: string, guess: Guess): Kept {
  const locked = lockedGuess(id);
  const first = locked ?? guess;
  const path = pathOf(id);
  if (locked !== undefined && !unwritten.has(path)) return { guess: locked, problem: undefined };
  try {
    writeNew(path, JSON.stringify({ format, version, id, guess: first }));
    unwritten.delete(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && regular(id)) {
      unwritten.delete(path);
      return keepFirst(id, guess);
    }
    unwritten.set(path, first);
    return { guess: first, problem: unwritable(id, error) };
  }
  return { guess: first, problem: undefined };
}

/** Writes a file that is not there yet. @throws an error with the code EEXIST when it is. */
function writeNew(path: string, content: string): void {
  makeFolder();
  const partial = `${path}.${randomUUID()}.part`;
  try {
    writeFileSync(partial, content, { flag: 'wx', flush: true });
    linkSync(partial, path);
  } catch (error) {
    // Some disks (USB sticks, shares) know no links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    writeFileSync(path, content, { flag: 'wx', flush: true });
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Not with `recursive`, which tells of a read-only disk that something is missing. */
function makeFolder(): void {
  try {
    mkdirSync(folder());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

const unwritable = (id: string, error: unknown): LabError =>
  new LabError(
    'guess/folder',
    `The guess ${id} could not be written to ${guessFile(id)} beside the notebook (${reasonOf(error)}); it holds until the kernel stops.`,
    'Go on with the lab. To keep your guesses, copy the notebook to a folder that you may write to, and open it there.',
  );
