import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** Packages that a process has loaded once it has imported a module of the library. */
function loaded(module: string): string[] {
  const program = `
    const { registerHooks } = await import('node:module');
    const names = new Set();
    registerHooks({ load(url, context, next) {
      const found = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url);
      if (found) names.add(found[1]);
      return next(url, context);
    } });
    await import(${JSON.stringify(join(root, module))});
    process.stdout.write(JSON.stringify([...names]));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', cwd: root })) as string[];
}

it('loops are compiled, counted and timed without TensorFlow, which takes seconds to load', () => {
  expect(loaded('lib/loops.ts').filter(name => name.includes('tensorflow'))).toEqual([]);
  expect(loaded('lib/measure/latency.ts')).toContainEqual(expect.stringContaining('tensorflow'));
});
