import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KernelClient, kernelArgv } from '../../../kernels/jupyter/client.ts';
import { installKernel, result, sleep } from './kernel.ts';

const prefix = installKernel();
const cache = mkdtempSync(join(tmpdir(), 'tinylab-cache-'));
const start = () =>
  KernelClient.start(kernelArgv(prefix), {
    cwd: 'notebooks',
    env: { ...process.env, NODE_COMPILE_CACHE: undefined, XDG_CACHE_HOME: cache },
  });
const compiled = () => {
  const folder = join(cache, 'tinylab/compiled');
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).length : 0;
};

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(50)) if (holds()) return;
  throw new Error(`Waited 20 s in vain: ${what}.`);
}

afterAll(() => {
  rmSync(prefix, { recursive: true, force: true });
  rmSync(cache, { recursive: true, force: true });
});

test("TensorFlow's libraries open while a cell is checked, and the cell still does not run when it is refused", async () => {
  const kernel = await start();
  try {
    const maps = () => readFileSync(`/proc/${kernel.process.pid}/maps`, 'utf8');
    expect((await kernel.execute('const before = 1;')).reply.status).toBe('ok');
    expect(maps()).not.toContain('libtensorflow');
    const refused = await kernel.execute("import { array } from 'tinylab';\nconst text: string = array([1], [2]);");
    expect(refused.reply).toMatchObject({ status: 'error', ename: 'TypeScriptError' });
    await until('the library is open', () => maps().includes('libtensorflow_cc'));
    expect(result(await kernel.execute("import { array, tf } from 'tinylab';\ntf.add(array([1], [2]).data, 1).dataSync()[0]"))).toBe('3');
  } finally {
    kernel.close();
  }
});

test('a kernel tidies up after its first cells: it gives memory back, and compiled code is kept even if it is killed', async () => {
  const kernel = await start();
  try {
    expect((await kernel.execute("import { fit } from 'tinylab';")).reply.status).toBe('ok');
    const before = kernel.residentBytes();
    await until('memory is given back', () => kernel.residentBytes() < before - 10e6);
    expect(compiled()).toBeGreaterThan(100);
    expect(result(await kernel.execute('typeof fit'))).toBe("'function'");
  } finally {
    kernel.close();
  }
});
