import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { installKernel } from './kernel.ts';

const python = join(import.meta.dirname, '../../../.tinylab/python/bin/python');

test("Jupyter's own conformance suite passes, and skips nothing", async () => {
  expect(existsSync(python), 'the Python environment of set-up').toBe(true);
  const env = { ...process.env, JUPYTER_PATH: join(installKernel(), 'share/jupyter') };
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, 'protocol_test.py')], { env }).catch(error => error);
  const report = JSON.parse(stdout);
  expect(report).toEqual({ run: 13, subtests: 19, skipped: [], problems: [] });
});
