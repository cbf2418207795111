import { describe, expect, it } from 'vitest';
import { type Migration, migrateReport, migrationBetween, parseMigrations } from '../../../../labs-grading/lab/migrations.ts';
import { rebuild } from '../../../../labs-grading/lab/rebuild.ts';
import { cells, notebook, solutions } from '../../fixtures/mini-lab/notebook.ts';
import { miniLab } from '../../fixtures/mini-lab.ts';

const [v1, v2, v3] = ['1', '2', '3'].map(digit => digit.repeat(16)) as [string, string, string];
const step = (from: string, to: string, more: Partial<Migration> = {}): Migration => ({
  from,
  to,
  renamed: {},
  added: [],
  dropped: [],
  points: {},
  deliverables: {},
  ...more,
});
const first = step(v1, v2, {
  renamed: { a: 'b' },
  added: ['new'],
  dropped: ['old'],
  points: { b: [10, 20], c: [5, 6] },
  deliverables: { net: 'model' },
});
const second = step(v2, v3, {
  deliverables: { model: 'pruned', masks: 'kept' },
  renamed: { b: 'd', new: 'newer' },
  dropped: ['c'],
  added: ['late'],
  points: { d: [20, 15] },
});

describe('migrations', () => {
  it('between two versions are put together; what came and went between is not seen', () => {
    expect(migrationBetween([first, second], v1, v3)).toEqual({
      from: v1,
      to: v3,
      renamed: { a: 'd' },
      added: ['newer', 'late'],
      dropped: ['old', 'c'],
      points: { d: [10, 15] },
      deliverables: { net: 'pruned', model: 'pruned', masks: 'kept' },
    });
    expect(migrationBetween([first, second], v2, v3)).toEqual(second);
    expect(migrationBetween([first], v1, v1)).toEqual(step(v1, v1));
    expect(migrationBetween([first], v2, v1)).toBeUndefined();
  });

  it('back to the old name is no renaming, and dropped what was added is neither', () => {
    const back = step(v2, v3, { renamed: { b: 'a' }, dropped: ['new'], points: { a: [20, 10] } });
    expect(migrationBetween([first, back], v1, v3)).toEqual(
      step(v1, v3, { dropped: ['old'], points: { c: [5, 6] }, deliverables: { net: 'model' } }),
    );
  });

  it('turn a report into one on the newer version, in proportion where points changed', () => {
    const one = (question: string, score: number, points: number) => ({
      question,
      title: question,
      score,
      points,
      state: 'partial' as const,
      parts: [{ id: 'x', points, passed: true }],
      items: [],
      staff: [],
    });
    const report = { score: 12, points: 17, questions: [one('a', 5, 10), one('c', 5, 5), one('old', 2, 2)] };
    const migrated = migrateReport(report, first);
    expect(migrated.questions.map(({ question, score, points, parts }) => [question, score, points, parts[0]?.points])).toEqual([
      ['b', 10, 20, 20],
      ['c', 6, 6, 6],
    ]);
    expect([migrated.score, migrated.points]).toEqual([16, 26]);
  });

  it.each([
    ['no JSON', '[', 'm.json: not JSON'],
    ['a version that is none', JSON.stringify([{ from: 'v1', to: v2 }]), 'm.json: 0.from: expected a version of 16 hexadecimal digits'],
    ['an unknown key', JSON.stringify([{ from: v1, to: v2, drop: [] }]), 'm.json: 0: Unrecognized key: "drop"'],
    ['two questions of one name', JSON.stringify([{ from: v1, to: v2, renamed: { a: 'c', b: 'c' } }]), 'm.json: 0: two questions cannot'],
    ['no way on', JSON.stringify([{ from: v1, to: v1 }]), 'm.json: 0: a step leads to another version'],
  ])('refuse %s, with the place', (_, text, message) => {
    expect(() => parseMigrations(text, 'm.json')).toThrow(message);
  });
});

describe('rebuild', () => {
  const versioned = (text: string, version: string): string =>
    JSON.stringify({ ...JSON.parse(text), metadata: { tinylab: { lab: 'mini-lab', version } } });
  const old = notebook(cells(solutions)).replaceAll('"add"', '"plus"').replaceAll('"grade_id":"relu"', '"grade_id":"rectify"');
  const answers = (submitted: string, migrations: readonly Migration[]): Record<string, string> =>
    Object.fromEntries(rebuild(versioned(miniLab.pristine, v2), submitted, migrations).cells.map(({ id, source }) => [id, source]));
  const renamed = [step(v1, v2, { renamed: { plus: 'add', rectify: 'relu' } })];

  it('finds answers under their old names in a notebook of an older version, and only there', () => {
    expect(answers(versioned(old, v1), renamed)).toMatchObject(solutions);
    const moved = (version: string, migrations: readonly Migration[]) =>
      rebuild(versioned(miniLab.pristine, v2), versioned(old, version), migrations).anomalies.flatMap(({ kind, about }) =>
        kind === 'moved' ? [about] : [],
      );
    expect(moved(v1, renamed)).toEqual([]);
    // Without a migration the names that the cells declare find them, and that is told.
    expect(moved(v1, [])).toEqual(['add', 'relu']);
    expect(moved(v2, renamed)).toEqual(['add', 'relu']);
  });

  it('takes no answer to a question that was dropped for one that came under the same name', () => {
    const replaced = [step(v1, v2, { dropped: ['add'], added: ['add'] })];
    const rebuilt = rebuild(versioned(miniLab.pristine, v2), versioned(notebook(cells(solutions)), v1), replaced);
    expect(rebuilt.untouched.has('add')).toBe(true);
    expect(rebuilt.untouched.has('relu')).toBe(false);
  });
});
