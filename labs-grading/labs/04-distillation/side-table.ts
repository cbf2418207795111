import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// What the second half of Lab 04 says of its side runs, as it stands in the text.

interface SideRun {
  readonly row: string;
  readonly seed: number;
  readonly steps: number;
  /** Points on validation, test and hidden images. */
  readonly accuracy: readonly [number, number, number];
  readonly recallBefore?: number;
  readonly recallAfter?: number;
  readonly accuracyBefore?: number;
  readonly accuracyAfter?: number;
  readonly shift?: number;
}

export const sideRuns: readonly SideRun[] = readFileSync(join(import.meta.dirname, 'bands-features.jsonl'), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map(line => JSON.parse(line) as SideRun);

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((s, v) => s + (v - mean(values)) ** 2, 0) / (values.length - 1));

const runsOf = (row: string, steps = 500): SideRun[] =>
  sideRuns.filter(run => run.row === row && run.steps === steps).sort((a, b) => a.seed - b.seed);
const points = (row: string, steps?: number): number[] => runsOf(row, steps).map(run => run.accuracy[1]);
const signed = (value: number): string => `${value <= -0.05 ? '−' : value < 0.05 ? '' : '+'}${Math.abs(value).toFixed(1)}`;

/** Mean ± the error of the mean of paired differences, seed by seed. */
export function paired(row: string, control: string, steps: { readonly row?: number } = {}): string {
  const theirs = points(control);
  const off = points(row, steps.row).map((v, i) => v - (theirs[i] as number));
  return `${signed(mean(off))} ± ${(spread(off) / Math.sqrt(off.length)).toFixed(1)}`;
}

const level = (row: string, steps?: number): string => mean(points(row, steps)).toFixed(1);
const line = (name: string, { row, control, steps }: { row: string; control: string; steps?: number }): string =>
  `// | ${name} | ${level(row, steps)} | ${paired(row, control, { row: steps })} |`;
const recall = (row: string): string => {
  const runs = runsOf(row);
  const of = (field: 'recallBefore' | 'recallAfter' | 'accuracyBefore' | 'accuracyAfter', digits: number): string =>
    mean(runs.map(run => run[field] as number)).toFixed(digits);
  return `${of('recallBefore', 2)} → ${of('recallAfter', 2)} | ${of('accuracyBefore', 1)} → ${of('accuracyAfter', 1)} |`;
};

/** Rows of the tables in the text, by section. */
export const tables = (): Readonly<Record<string, readonly string[]>> => ({
  features: [
    `// | labels alone | ${level('scratch')} | |`,
    line('and a hint at 7 × 7', { row: 'hint', control: 'scratch' }),
    line('and attention, weight 1000', { row: 'attention', control: 'scratch' }),
    line('and relations, weight 25', { row: 'relation', control: 'scratch' }),
    line('and a peer', { row: 'peers', control: 'scratch' }),
    line('softened outputs, α = .9', { row: 'distilled', control: 'scratch' }),
  ],
  omitted: [
    `// | boots, soft targets | ${recall('without boots')}`,
    `// | boots, hard labels | ${recall('without boots, hard')}`,
    `// | trousers, soft targets | ${recall('without trousers')}`,
  ],
  augmented: [
    `// | the base, 500 steps | ${level('small, all labels')} | |`,
    line('NetAug, 500 steps', { row: 'small, augmented', control: 'small, all labels' }),
    line('the base, 1,500 steps', { row: 'small, all labels', control: 'small, all labels', steps: 1500 }),
  ],
  bits: [
    `// | 4 | ${level('4 bits')} | ${level('4 bits, distilled')} | ${paired('4 bits, distilled', '4 bits')} |`,
    `// | 2 | ${level('2 bits')} | ${level('2 bits, distilled')} | ${paired('2 bits, distilled', '2 bits')} |`,
  ],
});

if (import.meta.main) process.stdout.write(`${JSON.stringify(tables(), null, 2)}\n`);
