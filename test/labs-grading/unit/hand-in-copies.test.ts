import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { handInFolder, removeHandIns } from '../../../labs-grading/run/deliverables.ts';

it('copies of what was handed in lie where nobody else may enter, and go as a whole', async () => {
  const folder = handInFolder();
  expect(statSync(dirname(folder)).mode & 0o777).toBe(0o700);
  await removeHandIns(folder);
  expect(statSync(dirname(folder), { throwIfNoEntry: false })).toBeUndefined();
});
