import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { exportMoodle } from '../../../../labs-grading/report/export/moodle.ts';
import { contentOf, grades, uploaded } from './samples.ts';

const header =
  'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"';
const time = '"Friday, 20 November 2026, 11:58 AM"';
const worksheet = [
  header,
  `"Participant 7001","Ada Lovelace",ada@example.org,Submitted,,10.00,Yes,${time},-,`,
  `"Participant 7002","=Bob",bob@example.org,Submitted,0.50,10.00,Yes,${time},${time},"<p>two\nlines, ""quoted""</p>"`,
  `"Participant 7004","Dan Dare",dan@example.org,"No submission",,10.00,Yes,-,-,`,
].join('\n');

interface Sheet {
  readonly locked?: readonly string[];
  readonly present?: Readonly<Record<string, { readonly grade: number; readonly at: number }>>;
  readonly maximum?: number;
}

/** What Moodle's import of a worksheet would change: its rules, row by row. */
function imported(text: string, { locked = [], present = {}, maximum = 10 }: Sheet = {}): Record<string, number> {
  const rows = parse<Record<string, string>>(text, { columns: true });
  const changes = rows.flatMap(row => {
    const id = (row.Identifier ?? '').slice('Participant '.length);
    const modified = Date.parse((row['Last modified (grade)'] ?? '').replace(/^\w+, /, '').replace(/, (?=\d+:)/, ' ')) || 0;
    const [grade, there] = [row.Grade === '' ? undefined : Number(row.Grade), present[id]];
    if (grade === undefined || there?.grade === grade || grade < 0 || grade > maximum) return [];
    if (there && there.at > modified + 60_000) return [];
    return locked.includes(id) ? [] : [[id, grade] as const];
  });
  return Object.fromEntries(changes);
}

describe('export to Moodle', () => {
  it('fills in the grades and nothing else, so that Moodle reads the same', () => {
    const exported = exportMoodle(grades, uploaded(worksheet));
    const text = contentOf(exported);
    const [before, after] = [worksheet, text].map(each => parse(each) as string[][]);
    expect(after?.map(row => row.with(4, ''))).toEqual(before?.map(row => row.with(4, '')));
    expect(imported(text)).toEqual({ 7001: 7, 7002: 0.33333 });
    const fresh = Date.parse('20 November 2026 11:58:50 AM');
    expect(imported(text, { present: { 7002: { grade: 0.5, at: fresh } } })).toEqual({ 7001: 7, 7002: 0.33333 });
    expect(imported(text, { present: { 7002: { grade: 0.5, at: fresh + 60_000 } } })).toEqual({ 7001: 7 });
  });

  it('tells what Moodle passes over without a word', () => {
    const told = (text: string, options = {}) =>
      exportMoodle(grades, { ...uploaded(text), ...options }).notes.filter(note => note.startsWith('Moodle will'));
    const row = `ada@example.org,Submitted,,10.00,Yes,${time},-`;
    const ada = (text: string) => worksheet.replace(row, text);
    expect(told(worksheet)).toEqual([]);
    expect(told(ada(row.replace('Submitted,,', 'Submitted,7.00,')))).toEqual([
      'Moodle will pass over, the grade that is there already: ada',
    ]);
    expect(told(ada(row.replace('10.00', '5.00')))).toEqual(['Moodle will pass over, more than Moodle’s maximum of 5: ada']);
    expect(told(ada(row.replace('Yes', 'No')))).toEqual(['Moodle will pass over, a locked grade: ada']);
    expect(told(ada(row.replace('Submitted,,', 'Submitted,3,')))).toEqual([
      'Moodle will pass over, graded there and without a time stamp here: ada',
    ]);
    const below = { ...grades, students: grades.students.map(grade => ({ ...grade, score: -1 })) };
    expect(exportMoodle(below, uploaded(worksheet)).notes[0]).toBe('Moodle will pass over, a negative grade: ada, bob');
    expect(exportMoodle(grades, uploaded(worksheet)).notes[0]).toMatch(/more than 60 s/);
  });

  it('reads worksheets in another language by their labels', () => {
    const german = worksheet
      .replace(header, 'ID,Name,E-Mail,Status,Bewertung,Bestwertung,Änderbar,Abgabe,Geändert,Kommentar')
      .replaceAll('10.00', '"10,00"');
    expect(() => exportMoodle(grades, uploaded(german))).toThrow(/no column is called "Identifier"; there are: "ID", "Name"/);
    const labels = { identifier: 'ID', grade: 'Bewertung', modified: 'Geändert', maximum: 'Bestwertung', email: 'E-Mail', name: 'Name' };
    const rows: string[][] = parse(contentOf(exportMoodle(grades, { ...uploaded(german), labels })));
    expect(rows.map(row => row[4])).toEqual(['Bewertung', '7', '0,33333', '']);
  });

  it('needs the column of time stamps', () => {
    expect(() => exportMoodle(grades, uploaded(worksheet.replace('"Last modified (grade)"', 'Changed')))).toThrow(
      'no column is called "Last modified (grade)"',
    );
  });
});
