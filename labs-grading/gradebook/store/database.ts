import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { diskError, notWritableError } from '../../base/disk.ts';
import { GraderError } from '../../base/grader-error.ts';
import { migrations, schemaVersion } from './schema.ts';

/** Longest wait for another process's write; each takes milliseconds. */
export const patienceMs = 30_000;

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const result = { permission: 3, busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notDatabase: 26 } as const;
const refusals: ReadonlySet<number> = new Set([result.permission, result.readOnly, result.cannotOpen]);

/** Where a copy of the database is kept after each run. */
export const backupOf = (database: string): string => database.replace(/(\.sqlite)?$/, '.backup$1');

/** Opens the database of a course, made on first use, and looks it over. @throws GraderError */
export function openDatabase(path: string): DatabaseSync {
  return explained(path, () => {
    if (!existsSync(path)) create(path);
    const database = new DatabaseSync(path, { timeout: patienceMs, enableForeignKeyConstraints: true });
    try {
      setUp(database, path);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Makes the file beside its place and links it there when it is whole. So an empty or half-written database is never one that was just
 * being made, and is reported as damage instead of read as a course without grades.
 */
function create(path: string): void {
  if (existsSync(`${path}-wal`)) throw corrupt(path, 'its journal is there, the database itself is gone');
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  for (const end of ['', '-journal']) rmSync(part + end, { force: true });
  try {
    const database = new DatabaseSync(part);
    database.exec('PRAGMA synchronous = FULL');
    migrate(database, 0);
    database.close();
    linkIfNew(part, path);
  } finally {
    for (const end of ['', '-journal']) rmSync(part + end, { force: true });
  }
}

function linkIfNew(part: string, path: string): void {
  try {
    linkSync(part, path);
  } catch (error) {
    // Another process was faster: its database is as good.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function migrate(database: DatabaseSync, from: number): void {
  const steps = migrations.slice(from).join('\n');
  database.exec(`BEGIN IMMEDIATE; ${steps} PRAGMA user_version = ${schemaVersion}; COMMIT`);
}

function setUp(database: DatabaseSync, path: string): void {
  const [damage] = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
  if (damage?.quick_check !== 'ok') throw corrupt(path, damage?.quick_check ?? 'it cannot be checked');
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version === 0) throw corrupt(path, 'it holds no tables');
  if (version > schemaVersion)
    throw new GraderError('gradebook/newer', `${path} was written by a newer TinyLab (schema ${version}).`, 'Use that version.');
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  if (version < schemaVersion) migrate(database, version);
  // From here on `access.ts` waits, without holding up the process.
  database.exec('PRAGMA busy_timeout = 0');
}

export function corrupt(path: string, what: string): GraderError {
  const backup = backupOf(path);
  const restore = existsSync(backup)
    ? `copy ${backup}, made after the last finished run, to its place`
    : 'take the copy from your own backup';
  return new GraderError(
    'gradebook/corrupt',
    `${path} is damaged: ${what}. Nothing was read from it, and nothing written.`,
    `Move it and its -wal file away, ${restore}, and run the command again: submissions are kept beside it as plain files.`,
  );
}

/** One durable transaction: all of it or nothing, on disk when this returns. @throws GraderError */
export function transaction<T>(database: DatabaseSync, path: string, work: () => T): T {
  return explained(path, () => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      database.exec('COMMIT');
      return value;
    } catch (error) {
      // A full disk may have rolled it back already.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  });
}

/** Runs something on the database; what SQLite reports becomes an error with a next step. @throws GraderError */
export function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explanation(path, error as Error & { errcode?: number; code?: string });
  }
}

function explanation(path: string, error: Error & { errcode?: number; code?: string }): Error {
  const code = (error.errcode ?? 0) & 0xff;
  if (code === result.corrupt || code === result.notDatabase) return corrupt(path, error.message);
  if (code === result.full || error.code === 'ENOSPC' || (code === result.ioError && isFull(path)))
    return new GraderError(
      'gradebook/disk-full',
      `No room left for ${path}: the last write was not made, everything before it is kept.`,
      'Make room and run the command again; it goes on where it stopped.',
    );
  if (code === result.busy)
    return new GraderError(
      'gradebook/busy',
      `${path} was being written by another process for ${patienceMs / 1000} s.`,
      'Wait for it to end and run the command again.',
    );
  if (code === result.ioError)
    return new GraderError('gradebook/disk', `${path} cannot be read or written: ${error.message}.`, 'Look at the disk, then run again.');
  if (refusals.has(code))
    return (
      notWritableError(path) ??
      new GraderError('gradebook/disk', `${path} cannot be opened: ${error.message}.`, 'Look at the place, then run again.')
    );
  return diskError(error, path) ?? error;
}

function isFull(path: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize < 2 ** 20;
}
