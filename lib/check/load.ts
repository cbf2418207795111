import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LabError } from '../tensor/errors.ts';
import type { Lab } from './lab.ts';

/**
 * The lab of a notebook's folder: the default export of its `checks.ts`, read again after it changed.
 * @throws LabError `check/no-lab` when there is no such file or it exports no lab.
 */
export async function loadLab(folder: string = process.cwd()): Promise<Lab> {
  const path = join(folder, 'checks.ts');
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new LabError('check/no-lab', `There is no checks.ts in ${folder}.`, 'Open the notebook in the folder of its lab.');
  const loaded = (await import(`${pathToFileURL(path).href}?changed=${found.mtimeMs}`)) as { default?: Partial<Lab> };
  if (!Array.isArray(loaded.default?.questions)) {
    throw new LabError('check/no-lab', `${path} has no lab as its default export.`, "Write: export default lab('name', [ … ]);");
  }
  return loaded.default as Lab;
}
