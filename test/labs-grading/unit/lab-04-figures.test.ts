import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hiddenControls } from '../../../labs-grading/labs/04-distillation/hidden.ts';
import { bars, controls } from '../../../notebooks/04-distillation/controls.ts';
import { mixedGradient, mixedLoss, softened } from '../../../notebooks/04-distillation/reference.ts';

// What the text of Lab 04 tells, and what its bars are, is what was measured.

const root = join(import.meta.dirname, '../../..');
const lab = readFileSync(join(root, 'notebooks/04-distillation/lab.ts'), 'utf8');
const bands = readFileSync(join(root, 'labs-grading/labs/04-distillation/bands.md'), 'utf8');

interface Run {
  readonly row: string;
  readonly choice: number;
  readonly seed: number;
  readonly accuracy: readonly [validation: number, test: number, hidden: number];
}
const runs = readFileSync(join(root, 'labs-grading/labs/04-distillation/bands.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Run);

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
const deviation = (list: readonly number[]): number =>
  Math.sqrt(list.reduce((sum, v) => sum + (v - mean(list)) ** 2, 0) / (list.length - 1));

/** Accuracies of a row by seed: of a choice of labelled images, on images of a kind. */
function of(row: string, { choice = 0, kind = 1 } = {}): number[] {
  const found = runs.filter(run => run.row === row && run.choice === choice).sort((a, b) => a.seed - b.seed);
  expect(found.map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4]);
  return found.map(({ accuracy }) => accuracy[kind] as number);
}
const gains = (row: string, { choice = 0, kind = 1 } = {}): number[] =>
  of(row, { choice, kind }).map((v, seed) => v - (of('scratch', { choice, kind })[seed] as number));

/** Whether `said`, such as `84.7 ± 0.7`, is the mean and the deviation of these, to its last digit. */
function expectSaid(said: string, measured: readonly number[]): void {
  const [first, second] = said.replace('−', '-').split(' ± ').map(Number) as [number, number];
  expect(Math.abs(first - mean(measured)), said).toBeLessThan(0.0501);
  expect(Math.abs(second - deviation(measured)), said).toBeLessThan(0.0501);
}

const cellsOf = (text: string, start: string): string[] => {
  const line = text.split('\n').find(one => one.replace('// ', '').startsWith(`| ${start} |`));
  expect(line, start).toBeDefined();
  return (line as string)
    .split('|')
    .slice(2, -1)
    .map(cell => cell.trim());
};

describe('figures of Lab 04', () => {
  it('temperatures, with T² and without', () => {
    for (const [i, row] of ['T 1', 'T 2', 'distilled', 'T 8'].entries()) expectSaid(cellsOf(lab, 'with T²')[i] as string, of(row));
    for (const [i, row] of ['no T²', 'no T², rate 2'].entries()) expectSaid(cellsOf(lab, 'without T²')[i] as string, of(row));
  });

  it.each([
    ['labels alone', 'scratch'],
    ['label smoothing 0.1', 'smoothing'],
    ["the teacher's best class as label", 'hard labels of the teacher'],
    ['distilled, T = 4, α = 0.9', 'distilled'],
    ['what the teacher says, T = 4, α = 1', 'further'],
    ["the teacher's best class", 'further, hard'],
    ['the true labels of all 10,000', 'all labels'],
    ['a teacher that saw 1,000 labels only', 'honest teacher'],
  ])('%s: accuracy and gain', (start, row) => {
    const [accuracy = '', gain = ''] = cellsOf(lab, start);
    expectSaid(accuracy, of(row));
    if (row !== 'scratch') expectSaid(gain, gains(row));
  });

  it('gains with other labelled images', () => {
    expect(lab).toContain('+3.8 ± 0.5 and +2.4 ± 0.5');
    expectSaid('+3.8 ± 0.5', gains('distilled', { choice: 1 }));
    expectSaid('+2.4 ± 0.5', gains('distilled', { choice: 2 }));
  });

  it('the controls, on test and on hidden images', () => {
    expect(controls.map(v => 100 * v)).toEqual(of('scratch').slice(0, 3));
    expect(hiddenControls.map(v => Math.round(1e4 * v) / 100)).toEqual(of('scratch', { kind: 2 }).slice(0, 3));
    expect(lab).toContain(`const controls = [${of('scratch').slice(0, 3).join(', ')}]`);
  });

  it.each(['distilled', 'further'] as const)('bars of %s: two and three standard deviations of one run below the mean, or more', row => {
    const room = (times: number): number =>
      Math.min(...[1, 2].map(kind => mean(gains(row, { kind })) - times * deviation(gains(row, { kind }))));
    expect(100 * bars[row].full).toBeLessThanOrEqual(room(2) + 0.05);
    expect(100 * bars[row].half).toBeLessThanOrEqual(room(3) + 0.05);
  });

  it('no control reaches half of a bar', () => {
    for (const row of ['smoothing', 'hard labels of the teacher', 'honest teacher'])
      for (const kind of [1, 2]) expect(mean(gains(row, { kind }))).toBeLessThan(100 * bars.distilled.half);
    for (const kind of [1, 2]) expect(mean(gains('distilled', { kind }))).toBeLessThan(100 * bars.further.half + 0.2);
  });

  it('every row of bands.md', () => {
    const names = [...new Set(runs.map(({ row }) => row))];
    for (const row of names) {
      const cells = cellsOf(bands, row);
      for (const kind of [1, 2]) expectSaid(cells[kind - 1] as string, of(row, { kind }));
    }
  });

  it('examples', () => {
    expect(
      [1, 2, 4].map(t =>
        softened([4, 2, 0], t)
          .map(p => p.toFixed(3).slice(1))
          .join(' '),
      ),
    ).toEqual(['.867 .117 .016', '.665 .245 .090', '.506 .307 .186']);
    const given = { student: [[0, 0]], teacher: [[2, 0]], labels: [0] };
    expect(mixedLoss(given, { temperature: 2, alpha: 0.5 })).toBeCloseTo(0.5685, 4);
    const [row = []] = mixedGradient(given, { temperature: 2, alpha: 0.5 });
    expect(row[0]).toBeCloseTo(-0.4811, 4);
    expect((row[0] as number) + (row[1] as number)).toBeCloseTo(0, 12);
  });
});
