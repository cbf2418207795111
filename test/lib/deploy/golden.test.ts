import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { judgeFolder } from '../../../scripts/golden/judge.ts';

const folder = join(import.meta.dirname, '../../../../shared/golden/cmsis-nn');

it.skipIf(!existsSync(folder))('kernels equal those of CMSIS-NN (skipped where ../shared/golden is not there)', () => {
  const { cases, equal } = judgeFolder(folder);
  expect(cases.filter(({ state }) => state !== 'equal')).toEqual([]);
  expect(equal).toBe(139);
});
