import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Match, matchFile } from '../notebook/reader.mjs';
import { anomalyLines, checkNotebook, reportLines } from './check-notebook.ts';

const help = `npx tinylab check [FILE.ipynb …] [--json]: runs notebooks from top to bottom and asks their checks.

Without a FILE it takes every notebook of this folder. Exit code: 0 full marks, 1 otherwise.`;

const root = join(import.meta.dirname, '../..');

/** The notebook as the grader reads it: the cells that run, and what is odd about it. @throws Error where nothing of it can be asked. */
function matchOf(path: string): Match {
  const read = matchFile(root, path, readFileSync(path));
  if ('wrong' in read) throw new Error(`${path} cannot be read: ${read.wrong}`);
  const { match } = read;
  if (match.state) throw new Error(`${path}: ${match.state}: ${match.anomalies.at(-1)?.detail}`);
  return match;
}

/** notebooks/NN-name/NN-name.ipynb, for all labs of this copy. */
function allNotebooks(): string[] {
  const folder = join(root, 'notebooks');
  return readdirSync(folder)
    .map(name => join(folder, name, `${name}.ipynb`))
    .filter(existsSync)
    .sort();
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' }, kernel: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(help);
    return true;
  }
  let full = true;
  for (const file of positionals.length > 0 ? positionals : allNotebooks()) {
    const path = resolve(file);
    if (!existsSync(path)) throw new Error(`${file}: there is no such file`);
    const { cells, anomalies } = matchOf(path);
    const report = await checkNotebook(
      cells.map(({ id, source }) => ({ name: id, source })),
      dirname(path),
    );
    const lines = [relative(process.cwd(), path), ...anomalyLines(anomalies), ...reportLines(report)];
    console.log(values.json ? JSON.stringify({ ...report, anomalies }, null, 1) : lines.join('\n'));
    full &&= report.score === report.points;
  }
  return full;
}

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
