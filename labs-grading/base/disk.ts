import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { GraderError } from './grader-error.ts';

interface Why {
  readonly place: string;
  readonly code: string;
}

/** What is wrong with a place, and what a person does about it, by the operating system's code. */
const reasons: Readonly<Record<string, readonly [says: string, next: string]>> = {
  EACCES: ['this user has no right to do so', 'Change its rights (chown, chmod), or name another place, and run the command again.'],
  EPERM: ['this user has no right to do so', 'Change its rights (chown, chmod), or name another place, and run the command again.'],
  EROFS: ['its disk is read-only', 'Make the disk writable, or name another place, and run the command again.'],
  ENOSPC: ['no room is left', 'Make room and run the command again; it goes on where it stopped.'],
  EDQUOT: ['this user’s share of the disk is used up', 'Make room and run the command again; it goes on where it stopped.'],
  ENOTDIR: ['it is a file where a folder has to be', 'Move it away, or name another place, and run the command again.'],
  EEXIST: ['it is there already', 'Move it away, or name another place, and run the command again.'],
  EISDIR: ['it is a folder where a file has to be', 'Move it away, or name another place, and run the command again.'],
  EIO: ['the disk does not answer', 'Look at the disk, then run the command again.'],
};

const makes: ReadonlySet<string | undefined> = new Set(['mkdir', 'mkdtemp']);

/**
 * What the operating system refused, as an error that names the place and the next step; undefined for any other error. `at` is the
 * file that was to be written, where the error's own path is another one or none, as of a write on a full disk.
 */
export function diskError(error: unknown, at?: string): GraderError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', path, dest, syscall } = error as NodeJS.ErrnoException & { dest?: string };
  const asked = at ?? dest ?? path ?? 'A file';
  // Making folders above a folder ends with "no such file" on a disk that takes none.
  if (code === 'ENOENT') return makes.has(syscall) ? refusal(asked, notWritable(asked)) : undefined;
  if (!reasons[code]) return undefined;
  if (code === 'EEXIST' && makes.has(syscall)) return refusal(asked, { place: asked, code: 'ENOTDIR' });
  if (existsSync(asked) && refusedCode(asked, constants.R_OK) !== undefined) return told(asked, { place: asked, code }, 'read');
  return refusal(asked, notWritable(asked) ?? { place: asked, code });
}

/** The same for a path that could not be written for a reason that was not told; undefined where nothing speaks against it. */
export const notWritableError = (path: string): GraderError | undefined => refusal(path, notWritable(path) ?? notWritable(dirname(path)));

/** Before several files are written: all of them can be, or none is. @throws GraderError `disk/refused` */
export function assertWritable(paths: Iterable<string>): void {
  for (const path of paths) {
    const error = notWritableError(path);
    if (error) throw error;
  }
}

const refusal = (path: string, why: Why | undefined): GraderError | undefined => why && told(path, why, 'written');

function told(path: string, { place, code }: Why, verb: string): GraderError {
  const [says, next] = reasons[code] ?? [code, 'Look at the place, then run the command again.'];
  return new GraderError('disk/refused', `${path} cannot be ${verb}: ${place === path ? says : `${place}: ${says}`}.`, next);
}

/** What speaks against writing there: the path itself, or the nearest thing above it that is there. */
function notWritable(path: string): Why | undefined {
  let place = path;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  if (place !== path && !statSync(place).isDirectory()) return { place, code: 'ENOTDIR' };
  const code = refusedCode(place, constants.W_OK);
  return code === undefined ? undefined : { place, code };
}

function refusedCode(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
