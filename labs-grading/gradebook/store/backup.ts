import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { backupOf } from './database.ts';
import type { Tables } from './tables.ts';

/** Writes a whole copy of a database beside it: the copy before stays until the new one is on the disk. */
export function writeBackup(tables: Tables): void {
  const copy = backupOf(tables.path);
  rmSync(`${copy}.part`, { force: true });
  tables.exec(`VACUUM INTO '${`${copy}.part`.replaceAll("'", "''")}'`);
  const file = openSync(`${copy}.part`, 'r');
  fsyncSync(file);
  closeSync(file);
  renameSync(`${copy}.part`, copy);
}
