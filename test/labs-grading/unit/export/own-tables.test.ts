import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { exportCsv } from '../../../../labs-grading/report/export/csv.ts';
import { exportNbgrader, names } from '../../../../labs-grading/report/export/nbgrader.ts';
import { graded, labOf, studentWith } from '../report/samples.ts';
import { contentOf, grades } from './samples.ts';

describe('export as CSV', () => {
  it('has a row a student, with the points of each question', () => {
    const rows = parse<Record<string, string>>(contentOf(exportCsv(grades, {})), { columns: true });
    expect(rows.map(({ student, state, score, raw, late_penalty, a, b }) => [student, state, score, raw, late_penalty, a, b])).toEqual([
      ['ada', 'graded', '7', '7.5', '0.5', '5', '2.5'],
      ['bob', 'graded', '0.33333', '0.33333', '0', '0', '0.33333'],
      ['cyd', 'not graded', '', '', '', '', ''],
      ['dan', 'nothing handed in', '0', '0', '0', '0', '0'],
    ]);
    expect(rows[1]?.name).toBe('\'=Bob, "the\nbuilder"');
    expect(rows[0]).toMatchObject({ email: 'ada@example.org', maximum: '10', submitted: '2026-11-20T10:00:00.000Z' });
    expect(exportCsv(grades, {}).notes).toEqual(['without a score, not graded yet: cyd']);
  });
});

it('no score leaves while an answer waits for a person or our own fault is not mended', () => {
  for (const state of ['needs manual', 'not gradable', 'stale', 'tool missing', 'unreadable', 'another lab'] as const) {
    const waiting = labOf([studentWith('eve', [graded('a', 5), graded('b', 0, { state })])]);
    expect(contentOf(exportCsv(waiting, {}))).toMatch(new RegExp(`eve,,,,${state},.*,,10,,,,\n`));
    expect(exportNbgrader(waiting, {}).notes).toEqual([expect.stringMatching(/^without a score, .+: eve$/)]);
  }
});

describe('export as nbgrader does', () => {
  it('has its columns in its order, quoted where a name needs it', () => {
    expect(contentOf(exportNbgrader(grades, {})).split(/\n(?=01|$)/)).toEqual([
      'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score',
      '01-pruning,2026-11-20 12:00:00,2026-11-20 10:00:00,ada,Lovelace,Ada,ada@example.org,7.5,0.5,7.0,10.0',
      '01-pruning,2026-11-20 12:00:00,2026-11-20 10:00:00,bob,\'=Bob,"""the\nbuilder""",bob@example.org,0.33333,0.0,0.33333,10.0',
      '01-pruning,2026-11-20 12:00:00,,dan,Dare,Dan,dan@example.org,0.0,0.0,0.0,10.0',
      '',
    ]);
  });

  it('splits names', () => {
    expect(['Ada Lovelace', 'Lovelace, Ada', 'Cher', '', 'A. B. C'].map(names)).toEqual([
      ['Lovelace', 'Ada'],
      ['Lovelace', 'Ada'],
      ['Cher', ''],
      ['', ''],
      ['C', 'A. B.'],
    ]);
  });
});
