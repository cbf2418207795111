import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { on, test } from './runs.ts';
import { moved, sideRows } from './side-runs.ts';

// Measures what the second half of Lab 04 says: node labs-grading/labs/04-distillation/calibrate-features.ts. About ten minutes on one quiet core;
// each run is a line of bands-features.jsonl as soon as it is done, and what is there already is not run again.

const file = join(import.meta.dirname, 'bands-features.jsonl');
const keyOf = ({ row, seed, steps }: { row: string; seed: number; steps: number }): string => [row, seed, steps].join('|');
const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
const done = new Set(lines.map(line => keyOf(JSON.parse(line) as { row: string; seed: number; steps: number })));
const leftOut: Readonly<Record<string, number>> = { 'without boots': 9, 'without boots, hard': 9, 'without trousers': 1 };

for (const seed of [0, 1, 2, 3, 4])
  for (const [row, steps] of [
    ...Object.keys(sideRows).map((row): [string, number] => [row, 500]),
    ['small, all labels', 1500] as [string, number],
  ]) {
    if (done.has(keyOf({ row, seed, steps }))) continue;
    const started = process.cpuUsage();
    const model = await (sideRows[row] as (typeof sideRows)[string])(seed, steps);
    const { user, system } = process.cpuUsage(started);
    const left = leftOut[row];
    const line = {
      ...{ row, seed, steps, accuracy: on(model), cpuSeconds: Math.round((user + system) / 1e5) / 10 },
      ...(left !== undefined && moved(model, left, test)),
    };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
