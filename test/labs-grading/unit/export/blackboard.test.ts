import { describe, expect, it } from 'vitest';
import { exportBlackboard } from '../../../../labs-grading/report/export/blackboard.ts';
import { readTable } from '../../../../labs-grading/report/export/table.ts';
import { grades, uploaded } from './samples.ts';

const lines = [
  [
    'Last Name',
    'First Name',
    'Username',
    'Student ID',
    'Warm-up [Total Pts: 5 Score] |11',
    'Pruning [Total Pts: 10 Score] |12',
    'Feedback to Learner',
  ],
  ['Lovelace', 'Ada', 'alovelace', 's1', '5.00', '', ''],
  ['Bob', '=B', 'bob', '', '', '4.00', 'two\nlines'],
  ['Nobody', 'N', 'nobody', '', '', '', ''],
];
const quoted = lines.map(row => row.map(cell => `"${cell}"`).join('\t')).join('\r\n');
const download = Buffer.from(`\ufeff${quoted}\r\n`, 'utf16le');

describe('export to Blackboard', () => {
  it('fills one column of a download in UTF-16 with tabs, and keeps its header with the id', () => {
    const exported = exportBlackboard(grades, { gradebook: { bytes: download, file: 'gc.xls' } });
    const filled = quoted.replace('"s1"\t"5.00"\t""', '"s1"\t"5.00"\t"7"').replace('"4.00"\t"two', '"0.33333"\t"two');
    expect(exported.files[0]?.name).toBe('01-pruning-blackboard.xls');
    expect(exported.files[0]?.content).toEqual(Buffer.from(`\ufeff${filled}\r\n`, 'utf16le'));
    expect(readTable(exported.files[0]?.content as Buffer, 'gc.xls').rows.map(row => row[5])).toEqual([lines[0]?.[5], '7', '0.33333', '']);
    expect(exported.notes[0]).toBe('in the table, and in no grade; left as they are: N Nobody');
  });

  it('reads the same with commas in UTF-8', () => {
    const text = quoted.replaceAll('\t', ',');
    const exported = exportBlackboard(grades, uploaded(text));
    expect(exported.files[0]?.name).toBe('01-pruning-blackboard.csv');
    expect(String(exported.files[0]?.content)).toContain('"s1","5.00","7",""\r\n');
  });

  it('refuses a column without an id, which would become a new one', () => {
    const without = Buffer.from(`\ufeff${quoted.replace(' |12', '')}`, 'utf16le');
    expect(() => exportBlackboard(grades, { gradebook: { bytes: without, file: 'gc.xls' } })).toThrow(
      'gc.xls: no column is called "Pruning" or "01-pruning"; columns for grades: "Warm-up [Total Pts: 5 Score] |11".',
    );
    expect(() => exportBlackboard(grades, uploaded(quoted.replace('Username', 'User')))).toThrow('no column is called "Username"');
  });
});
