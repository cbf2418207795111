import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { exportCanvas } from '../../../../labs-grading/report/export/canvas.ts';
import { contentOf, grades, uploaded } from './samples.ts';

// As Canvas exports it: the row of points begins with blanks, totals are read-only, a name may begin with an equals sign.
const header = 'Student,ID,SIS User ID,SIS Login ID,Section,Warm-up (900),Pruning (901),Current Score,Final Score';
const gradebook = [
  header,
  '    Points Possible,,,,,5.00,10.00,(read only),(read only)',
  '"Lovelace, Ada",101,s1,ada@example.org,A,5.00,,91.2,91.2',
  '"=Bob, ""the builder""",102,s2,bob@example.org,A,4.00,1.00,80,80',
  '"Charisse, Cyd",103,,cyd@example.org,"A, B",,6.00,,',
  '"Dare, Dan",104,,dan@example.org,B,3,2.00,,',
  '"Excused, Eve",105,,eve@example.org,B,EX,EX,,',
  '"Student, Test",106,,x,B,,,,',
].join('\r\n');
const rows = (text: string): string[][] => parse(text, { bom: true });

describe('export to Canvas', () => {
  it('fills one column and leaves everything else as it came', () => {
    const exported = exportCanvas(grades, uploaded(gradebook));
    const [before, after] = [rows(gradebook), rows(contentOf(exported))];
    const column = 6;
    expect(after.map(row => row.with(column, ''))).toEqual(before.map(row => row.with(column, '')));
    expect(after.map(row => row[column])).toEqual(['Pruning (901)', '10.00', '7', '0.33333', '6.00', '2.00', 'EX', '']);
    expect(contentOf(exported)).toContain('\r\n    Points Possible,');
    expect(exported.notes).toEqual([
      'in the table, and in no grade; left as they are: Eve Excused, Test Student',
      'without a score, not graded yet: cyd',
      'handed nothing in, so without a score (--zeros writes 0): dan',
      'cells that a spreadsheet program would run, unchanged as they came: "=Bob, \\"the builder\\""',
    ]);
  });

  it('keeps excused and unassigned students', () => {
    for (const mark of ['EX', 'ex', 'N/A']) {
      const text = gradebook.replace('A,5.00,,91.2', `A,5.00,${mark},91.2`);
      const exported = exportCanvas(grades, uploaded(text));
      expect(rows(contentOf(exported))[2]?.[6]).toBe(mark);
      expect(exported.notes[0]).toBe(`excused or not assigned in Canvas, left as they are: ada (${mark})`);
    }
  });

  it('reads first and last names apart, a row of posting policies, semicolons and decimal commas', () => {
    const text = [
      '\ufeffLastName;FirstName;ID;SIS Login ID;Section;Pruning (901)',
      ';;;;;Manual Posting',
      '    Points Possible;;;;;10,00',
      'Lovelace;Ada;101;;A;1,50',
      'Dare;Dan;104;;A;',
    ].join('\n');
    const exported = exportCanvas(grades, { ...uploaded(text), zeros: true });
    expect(contentOf(exported)).toBe(`${text.replace('A;1,50', 'A;7').replace('104;;A;', '104;;A;0')}\n`);
    const half = exportCanvas({ ...grades, students: grades.students.map(grade => ({ ...grade, score: 2.5 })) }, uploaded(text));
    expect(contentOf(half)).toContain('101;;A;2,5\n');
  });

  it('says which column is missing, and what came', () => {
    const refused =
      (text: string, options = {}) =>
      () =>
        exportCanvas(grades, { ...uploaded(text), ...options });
    expect(refused(gradebook.replace('Student,ID', 'Name,ID'))).toThrow(/no column is called "LastName"; there are: "Name", "ID"/);
    expect(refused(gradebook.replace(',ID,', ',Id number,'))).toThrow('no column is called "ID"');
    expect(refused(gradebook.replace('Pruning (901)', 'Quantization (901)'))).toThrow(
      'no column is called "Pruning" or "01-pruning"; columns for grades: "Warm-up (900)", "Quantization (901)".',
    );
    expect(refused(gradebook.replace('Warm-up (900)', 'Pruning (900)'))).toThrow('several columns are called "Pruning"');
    expect(refused(gradebook.replace('Warm-up (900)', 'Pruning (900)'), { column: 'Pruning (901)' })).not.toThrow();
    expect(refused(gradebook.replace('    Points Possible', '    Punkte'))).toThrow(
      'the row "    Points Possible" below the header is missing; there stands "    Punkte"',
    );
    expect(() => exportCanvas(grades, {})).toThrow('Download it from Canvas');
  });

  it('says when Canvas has other points, who is missing there, and leaves a second row of a student alone', () => {
    const text = gradebook
      .replace('5.00,10.00', '5.00,100.00')
      .replace('"Dare, Dan",104,,dan@example.org', '"Lovelace, Ada",101,s1,ada@example.org');
    expect(exportCanvas(grades, uploaded(text)).notes).toEqual(
      expect.arrayContaining([
        'Canvas has 100 points for this column and the lab 10: scores are written as they are',
        'graded, and not in the table: dan',
        'a second row of the same student, left as it is: Ada Lovelace',
      ]),
    );
  });
});
