import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attacker, honest, writeClass } from './class.ts';
import { attacks } from './corpus.ts';
import { gradeNaively } from './naive/grade.ts';
import type { NaiveOutcome } from './naive/outcome.ts';

const all = attacks.map((attack, i) => ({ id: attacker(i), attack }));
const idOf = (name: string | undefined): string[] => all.filter(({ attack }) => attack.name === name).map(({ id }) => id);
let folder: string;

beforeAll(() => {
  folder = writeClass(all);
});
afterAll(() => rmSync(folder, { recursive: true }));

const graded = (...students: readonly string[]): Promise<NaiveOutcome> => gradeNaively(join(folder), students);

describe('a grader without protection', () => {
  it('is right about honest students', async () => {
    const { verdicts, numbers, points, graderCrashed, stray, polluted } = await graded(honest[0]?.id as string);
    expect(verdicts).toEqual({ stdout: 'passed', file: 'passed', channel: 'passed', exit: 'passed', cells: 'passed', saved: 'failed' });
    expect({ numbers, points, graderCrashed, stray, polluted }).toEqual({
      numbers: 'passed',
      points: 10,
      graderCrashed: false,
      stray: [],
      polluted: false,
    });
  });

  it.concurrent.each(all)('is fooled or harmed: row $attack.row, $attack.name', async ({ id, attack }) => {
    const outcome = await graded(...idOf(attack.after), id);
    expect(attack.works(outcome), JSON.stringify({ ...outcome, page: '', told: outcome.told.slice(0, 1_500) }, null, 1)).toBe(true);
  });
});
