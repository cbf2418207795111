import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LabError } from '../tensor/errors.ts';

/**
 * The folder `datasets`. The library may run from its sources or from dist, in the project or in a student's copy: the folder is above it in all of them.
 * @throws LabError `data/missing` when there is none.
 */
export function datasetsFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'datasets/registry.json'))) return join(folder, 'datasets');
  }
  throw new LabError(
    'data/missing',
    `No folder "datasets" lies above ${import.meta.dirname}.`,
    'Restore it from the project: the library needs datasets/registry.json.',
  );
}
