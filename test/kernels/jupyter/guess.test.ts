import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelClient, kernelArgv } from '../../../kernels/jupyter/client.ts';
import { installKernel, outputs, result, traceback } from './kernel.ts';

// Inside the project, so that cells find the library.
const folder = mkdtempSync(join(import.meta.dirname, '../../../notebooks/.guess-'));
let prefix: string;
beforeAll(() => {
  prefix = installKernel();
});
afterAll(() => {
  for (const made of [prefix, folder]) rmSync(made, { recursive: true, force: true });
});

/** Runs cells in a kernel of their own, which stops afterwards. */
async function run(...cells: string[]) {
  const kernel = await KernelClient.start(kernelArgv(prefix), { cwd: folder });
  try {
    const answers = [];
    for (const cell of ["import { plot, predict, reveal, table } from 'tinylab';", ...cells]) answers.push(await kernel.execute(cell));
    for (const answer of answers) expect(answer.reply.status, traceback(answer)).toBe('ok');
    return answers.slice(1);
  } finally {
    await kernel.shutdown();
  }
}

test('the first guess of a notebook holds, also after the kernel has started again, and stands beside what came', async () => {
  const [open, first, record] = await run(
    "await predict('speed-up', '?');",
    "await predict('speed-up', 8);",
    "await predict('orders', { best: 0.7, first: 0.2 });",
  );
  expect(open && result(open)).toContain('No guess yet');
  expect(first && result(first)).toContain('Your guess: 8');
  expect(record && result(record)).toContain('best: 0.7');
  const file = join(folder, 'predictions/speed-up.json');
  const before = readFileSync(file, 'utf8');

  const [again, other, both, bars, rows] = await run(
    "await predict('speed-up', 8);",
    "await predict('speed-up', 3);\nconst more = 1;",
    "reveal('speed-up', 3.2)",
    "reveal('speed-up', plot.bar({ dense: 1, separable: 3.2 }))",
    "reveal('orders', table([{ kept: 'first', accuracy: 0.5 }, { kept: 'best', accuracy: 0.9 }]))",
  );
  expect(again && result(again)).toContain('Your guess: 8');
  // told although the call is not the last line of its cell
  expect(other && JSON.stringify(outputs(other, 'display_data'))).toMatch(/locked: 8.*delete predictions\/speed-up\.json/);
  expect(both && result(both)).toMatch(/your guess\s+what came\n\s*8\s+3\.2/);
  expect(bars && result(bars)).toContain('your guess: 8');
  expect(rows && result(rows)).toMatch(/best\s+0\.9\s+0\.7/);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(readdirSync(join(folder, 'predictions')).sort()).toEqual(['orders.json', 'speed-up.json']);
}, 120_000);
