import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkNotebook, reportLines } from './check-notebook.ts';
import type { CodeCell } from './run-notebook.ts';

const help = `npx tinylab check [FILE.ipynb …] [--json]: runs notebooks from top to bottom and asks their checks.

Without a FILE it takes every notebook of this folder. Exit code: 0 full marks, 1 otherwise.`;

const root = join(import.meta.dirname, '../..');

/** The code cells of notebook text, named as a person counts them. */
function codeCells(text: string): CodeCell[] {
  const { cells } = JSON.parse(text) as { cells: { cell_type: string; source: string | string[]; metadata?: Metadata }[] };
  return cells.flatMap(({ cell_type, source, metadata }, index) => {
    const name = metadata?.nbgrader?.grade_id ?? String(index + 1);
    return cell_type === 'code' ? [{ name, source: [source].flat().join('') }] : [];
  });
}

type Metadata = { nbgrader?: { grade_id?: string } };

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
    const report = await checkNotebook(codeCells(readFileSync(path, 'utf8')), dirname(path));
    console.log(values.json ? JSON.stringify(report, null, 1) : [relative(process.cwd(), path), ...reportLines(report)].join('\n'));
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
