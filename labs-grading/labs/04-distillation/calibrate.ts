import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { on, type Run, rowsOfRuns } from './runs.ts';

// Measures what the bars and the sentences of Lab 04 rest on: node labs-grading/labs/04-distillation/calibrate.ts. About forty minutes on two quiet
// cores; each run is a line of bands.jsonl as soon as it is done, and what is there already is not run again.

const file = join(import.meta.dirname, 'bands.jsonl');
const keyOf = ({ row, choice, seed, steps }: Run): string => [row, choice, seed, steps].join('|');
const done = new Set(
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => keyOf(JSON.parse(line) as Run))
    : [],
);

const seeds = [0, 1, 2, 3, 4];
const wanted: Run[] = [
  ...[0, 1, 2].flatMap(choice =>
    seeds.flatMap(seed => ['scratch', 'distilled', 'further'].map(row => ({ row, choice, seed, steps: 1500 }))),
  ),
  ...Object.keys(rowsOfRuns)
    .filter(row => !['scratch', 'distilled', 'further'].includes(row))
    .flatMap(row => seeds.map(seed => ({ row, choice: 0, seed, steps: 1500 }))),
].filter(({ row, choice }) => row !== 'further' || choice === 0); // which labels there are does not matter to it

for (const [i, run] of wanted.entries()) {
  if (done.has(keyOf(run))) continue;
  const started = process.cpuUsage();
  const accuracy = on(await (rowsOfRuns[run.row] as (run: Run) => Promise<Parameters<typeof on>[0]>)(run));
  const { user, system } = process.cpuUsage(started);
  const line = { ...run, accuracy, cpuSeconds: Math.round((user + system) / 1e5) / 10 };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  process.stdout.write(`${i + 1} of ${wanted.length}: ${JSON.stringify(line)}\n`);
}
