import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dialect, guarded, readTable, tableBytes } from '../../../../labs-grading/report/export/table.ts';

const dialects = fc.record({
  delimiter: fc.constantFrom<Dialect['delimiter']>(',', ';', '\t'),
  newline: fc.constantFrom<Dialect['newline']>('\n', '\r\n'),
  quoted: fc.boolean(),
});
const encodings = fc.constantFrom({ encoding: 'utf8', bom: false }, { encoding: 'utf8', bom: true }, {
  encoding: 'utf16le',
  bom: true,
} as const);
const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('a,b', 'x;y', '"q"', 'two\nlines', 'two\r\nlines', '\t', ' blank ', '=1+1', 'é 漢 😀', ''),
);
const body = fc
  .integer({ min: 2, max: 4 })
  .chain(columns => fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 5 }));

describe('tables', () => {
  it('go back as they came: every dialect, encoding and content', () => {
    fc.assert(
      fc.property(dialects, encodings, body, (dialect, encoding, rows) => {
        const header = (rows[0] ?? []).map((_, i) => `Column ${i}`);
        const full = [header, ...rows.map(row => ['id', ...row.slice(1)])];
        const written = { rows: full, dialect: { ...dialect, ...encoding } as Dialect };
        const read = readTable(tableBytes(written), 'table.csv');
        expect(read.rows).toEqual(full);
        expect(tableBytes(read)).toEqual(tableBytes({ ...read, dialect: { ...written.dialect, newline: read.dialect.newline } }));
        expect({ ...read.dialect, newline: '' }).toEqual({ ...written.dialect, newline: '' });
      }),
      { numRuns: 300 },
    );
  });

  it('are refused with what they are', () => {
    const refused = (bytes: Buffer | string) => () => readTable(Buffer.from(bytes as string), 'grades.xlsx');
    expect(refused('PK\x03\x04')).toThrow('grades.xlsx: it is a spreadsheet or an archive, not a text.');
    expect(refused(Buffer.from([0x41, 0xe9, 0x2c]))).toThrow('neither UTF-8 nor UTF-16');
    expect(refused('ID,Grade\n')).toThrow('a header and nothing below it');
    expect(refused('ID,Grade\n1,2,3\n')).toThrow('line 2');
    expect(refused('ID,Grade\n"1,2\n')).toThrow('grades.xlsx: Quote Not Closed');
  });
});

describe('the guard against formulas', () => {
  it('puts an apostrophe before what a spreadsheet program would run', () => {
    const formulas = ['=1+1', '+1+1', '-2+3', '@SUM(A1)', ' =1', '\t=1', '\rx', '\n=1', '\u00a0=1', '\uff1d1', '=cmd|" /C calc"!A0', '-A1'];
    expect(formulas.map(guarded)).toEqual(formulas.map(text => `'${text}`));
    const texts = ['Ada', 'a=1', '-1.5', '3', '', "O'Neil", '#1', 'x-y@z'];
    expect(texts.map(guarded)).toEqual(texts);
  });
});
