import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sideRuns, tables } from '../../labs-grading/labs/04-distillation/side-table.ts';

const text = readFileSync('notebooks/04-distillation/lab.ts', 'utf8');

describe('the second half of Lab 04 says what was measured', () => {
  it.each(Object.entries(tables()))('its table of %s', (_, rows) => {
    for (const row of rows) expect(text).toContain(`${row}\n`);
  });

  it('boots came back in each run, trousers in two of five', () => {
    const back = (row: string): number[] =>
      sideRuns.filter(run => run.row === row).map(run => Math.round(100 * (run.recallAfter as number)) / 100);
    expect(back('without boots').every(share => share >= 0.8)).toBe(true);
    expect(back('without trousers').toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0.07, 0.71]);
    expect(text).toContain('Of trousers three runs found none, one .07 and\n// one .71');
  });
});
