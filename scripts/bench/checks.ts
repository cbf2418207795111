import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Benchmark } from './result.ts';

const project = join(import.meta.dirname, '../..');

/** What `tinylab mutate --json` prints, as far as it is told here. */
interface Figures {
  readonly lab: string;
  readonly total: number;
  readonly caught: number;
  readonly hinted: number;
  readonly styles: { readonly total: number; readonly refused: readonly unknown[] };
}

/** The figures of `tinylab mutate` for one lab; what was marked before is not marked again. */
async function figuresOf(lab: string): Promise<Figures> {
  const child = spawn(process.execPath, ['--no-warnings', join(project, 'labs-grading/cli.ts'), 'mutate', lab, '--json'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, code] = await Promise.all([text(child.stdout), new Promise<number | null>(resolve => child.once('close', resolve))]);
  if (code !== 0 && code !== 1) throw new Error(`tinylab mutate ${lab} ended with exit code ${code}`);
  return JSON.parse(said) as Figures;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);
const row = (cells: readonly string[]): string =>
  `${(cells[0] as string).padEnd(16)}${cells
    .slice(1)
    .map(cell => cell.padStart(16))
    .join('')}`;

/** How well the checks of every lab tell wrong answers from right ones: shares of wrong answers that are caught and hinted, right ones refused. */
const run: Benchmark = async ({ log }) => {
  const folder = join(project, 'notebooks');
  const labs = readdirSync(folder).filter(name => existsSync(join(folder, name, 'lab.ts')));
  const all: Figures[] = [];
  for (const lab of labs) {
    log(`tinylab mutate ${lab}`);
    all.push(await figuresOf(lab));
  }
  const caught = all.map(figures => share(figures.caught, figures.total)).sort((a, b) => a - b);
  return {
    name: 'checks: wrong answers that are caught',
    unit: '%',
    ours: { min: caught[0] ?? 0, median: caught[Math.floor(caught.length / 2)] ?? 0, n: all.length },
    peers: {},
    rows: [
      row(['lab', 'wrong, by rule', 'caught', 'with a hint', 'right, styles', 'refused']),
      ...all.map(({ lab, total, caught: some, hinted, styles }) =>
        row([
          lab,
          `${total}`,
          `${some} (${share(some, total).toFixed(1)} %)`,
          `${hinted} (${share(hinted, total).toFixed(1)} %)`,
          `${styles.total}`,
          `${styles.refused.length}`,
        ]),
      ),
    ],
  };
};

export default run;
