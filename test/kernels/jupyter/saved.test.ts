import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { installKernel } from './kernel.ts';

const root = join(import.meta.dirname, '../../..');
const python = join(root, '.tinylab/python/bin/python');

interface Saved {
  readonly cells: readonly { readonly outputs: readonly Record<string, unknown>[] }[];
}

/** Runs cells as `jupyter nbconvert` does, saves the notebook, saves it again with Jupyter's own library, and reads what came. */
async function saved(...sources: string[]): Promise<Saved> {
  const folder = mkdtempSync(join(root, 'notebooks/.saved-'));
  const path = join(folder, 'notebook.ipynb');
  const cells = sources.map((source, i) => ({ cell_type: 'code', id: `c${i}`, metadata: {}, execution_count: null, outputs: [], source }));
  const kernelspec = { name: 'tinylab', display_name: 'TinyLab', language: 'typescript' };
  writeFileSync(path, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
  const env = { ...process.env, JUPYTER_PATH: join(installKernel(), 'share/jupyter') };
  const run = (...args: string[]) => promisify(execFile)(python, args, { env, cwd: folder });
  try {
    await run('-m', 'nbconvert', '--to', 'notebook', '--execute', '--allow-errors', '--inplace', path);
    await run('-c', 'import sys, nbformat; n = nbformat.read(sys.argv[1], 4); nbformat.validate(n); nbformat.write(n, sys.argv[1])', path);
    return JSON.parse(readFileSync(path, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every string of a value, names of fields included. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return [...Object.keys(value), ...Object.values(value).flatMap(stringsIn)];
}

test('a notebook whose cells print, show, throw and draw half a character can be run and saved', async () => {
  const half = "'ok 😀'.slice(0, 4)";
  const notebook = await saved(
    `console.log(${half}); console.error(${half});`,
    half,
    `throw new Error(${half});`,
    `throw ${half};`,
    `({ [${half}]: new Map([[${half}, 1]]) })`,
    `import { plot, table, show } from 'tinylab';\nplot.bar({ [${half}]: 1 }, { title: ${half} })`,
    `table([{ [${half}]: ${half} }])`,
    `show(${half}, table([{ a: ${half} }], { caption: ${half} }));`,
    `const text = ${half}; text.nothing;`,
    `// 😀\nconst 😀 = ${half};`,
  );
  expect(stringsIn(notebook).filter(text => text.includes('Loading'))).toEqual([]);
  expect(stringsIn(notebook).filter(text => !text.isWellFormed())).toEqual([]);
  expect(notebook.cells.map(({ outputs }) => outputs.length > 0)).toEqual(notebook.cells.map(() => true));
  // Node shows a string that is a value with its escape, \ud83d; any other text has the replacement.
  for (const { outputs } of notebook.cells.slice(0, 8)) expect(stringsIn(outputs).join(' ')).toMatch(/ok (\ufffd|\\ud83d)/i);
});
