import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { exportError } from './export-error.ts';

/** How a table is written, so that it goes back as it came. */
export interface Dialect {
  readonly delimiter: ',' | ';' | '\t';
  readonly newline: '\n' | '\r\n';
  readonly encoding: 'utf8' | 'utf16le';
  readonly bom: boolean;
  /** Every field stands in quotes. */
  readonly quoted: boolean;
}

/** A table of texts; the first row is the header. */
export interface Table {
  readonly file: string;
  readonly dialect: Dialect;
  readonly rows: readonly (readonly string[])[];
}

/** The tables that we begin ourselves. */
export const plainDialect: Dialect = { delimiter: ',', newline: '\n', encoding: 'utf8', bom: false, quoted: false };

/** Reads a table in UTF-8 or UTF-16 with commas, semicolons or tabs. @throws GraderError where it is none. */
export function readTable(bytes: Buffer, file: string): Table {
  const { text, encoding, bom } = decoded(bytes, file);
  const delimiter = delimiterOf(text);
  const rows = parsed(text, delimiter, file);
  if (rows.length < 2) throw exportError(file, 'it has a header and nothing below it.', 'Download the table again, with its students.');
  const dialect: Dialect = { delimiter, newline: /\r\n/.test(text) ? '\r\n' : '\n', encoding, bom, quoted: text.startsWith('"') };
  return { file, dialect, rows };
}

function decoded(bytes: Buffer, file: string): { text: string; encoding: Dialect['encoding']; bom: boolean } {
  if (bytes.subarray(0, 2).toString('latin1') === 'PK')
    throw exportError(file, 'it is a spreadsheet or an archive, not a text.', 'Save it as CSV in UTF-8.');
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: bytes.subarray(2).toString('utf16le'), encoding: 'utf16le', bom: true };
  const bom = bytes.subarray(0, 3).equals(Buffer.from('\ufeff'));
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return { text, encoding: 'utf8', bom };
  } catch {}
  throw exportError(file, 'it is neither UTF-8 nor UTF-16 text.', 'Save it as CSV in UTF-8.');
}

/** The sign that the header has most of, outside quotes. */
function delimiterOf(text: string): Dialect['delimiter'] {
  const header = (/^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)?.[0] ?? '').replace(/"(?:[^"]|"")*"/g, '');
  const count = (sign: string): number => header.split(sign).length;
  return ([',', ';', '\t'] as const).reduce((best, sign) => (count(sign) > count(best) ? sign : best), ',');
}

function parsed(text: string, delimiter: string, file: string): string[][] {
  try {
    return parse(text, { delimiter, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw exportError(file, error.message, 'Download the table again; a spreadsheet program may have changed it.');
  }
}

/** The table as bytes. */
export function tableBytes({ rows, dialect }: Omit<Table, 'file'>): Buffer {
  const { delimiter, newline, encoding, bom, quoted } = dialect;
  const text = stringify(rows as string[][], {
    delimiter,
    record_delimiter: newline,
    quoted,
    quoted_empty: quoted,
    quoted_match: /[\r\n]/,
  });
  return Buffer.from(`${bom ? '\ufeff' : ''}${text}`, encoding);
}

/** A table of our own, with every text guarded. */
export const csv = (header: readonly string[], rows: readonly (readonly (string | number)[])[]): Buffer =>
  tableBytes({
    rows: [header, ...rows.map(row => row.map(cell => (typeof cell === 'number' ? String(cell) : guarded(cell))))],
    dialect: plainDialect,
  });

/** Begins what a spreadsheet program would take for a formula, full-width signs included. */
const formula = /^[\s\u00a0\u3000]*[=+\-@\uff0b\uff0d\uff1d\uff20]|^[\t\r\n]/u;

/** A number, and a sign alone, as tables have it for what is not there, are none. */
export const isFormula = (text: string): boolean => formula.test(text) && !/^\s*(?:[+-]?\d+([.,]\d+)*\s*%?|[-+=@])\s*$/.test(text);

/** A text that no spreadsheet program runs: an apostrophe stands before what looks like a formula. */
export const guarded = (text: string): string => (isFormula(text) ? `'${text}` : text);
