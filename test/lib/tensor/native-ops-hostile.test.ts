import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasNativeOps } from '../../../lib/tensor/native-ops.ts';
import { root } from '../../house/modules.ts';
import { hostileRun } from './native-ops-hostile.ts';

// In a process of its own: an op that ends it must not end the tests.
it.runIf(hasNativeOps)('a thousand runs of the native ops with what does not fit end well, or with a reason', () => {
  const script = join(import.meta.dirname, 'native-ops-hostile-run.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '1', '1000'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const said = stdout.trim().split('\n').at(-1) as string;
  expect(status, `${said}${stderr}`).toBe(0);
  const { well, refused } = JSON.parse(said);
  expect(well).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(200);
  const runs = new Set(Array.from({ length: 300 }, (_, seed) => hostileRun(seed).op));
  const folder = join(root, 'kernels/compute/bindings');
  const defined = readdirSync(folder).flatMap(name =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/\{"(Tinylab\w+)"/g)].map(match => match[1] as string),
  );
  expect([...runs].toSorted()).toEqual([...new Set(defined)].toSorted());
});
