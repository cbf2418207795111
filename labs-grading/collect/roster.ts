import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { textOf } from '../../scripts/notebook/reader.mjs';
import { GraderError } from '../base/grader-error.ts';
import { named, visible } from '../base/text.ts';
import type { StudentRecord } from './records.ts';
import { ownColumns, systemOf, systems } from './roster-columns.ts';

/** What a student's id may be: it names folders. */
export const idPattern: RegExp = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

const otherIds = ['canvas', 'sis', 'login', 'moodle', 'blackboard', 'gradescope'] as const;

/** Told of what a table has that is not read. */
type Tell = (line: string) => void;

/** Reads a roster, and tells what of it is not used. @throws GraderError, for two rows that would be the same student as well. */
export function readRoster(file: string, tell: Tell = () => {}): StudentRecord[] {
  try {
    const read = textOf(readFileSync(file));
    if ('text' in read) return parseRoster(read.text, file, tell);
    throw new GraderError('collect/roster', `${file}: it is no table of text: ${read.wrong}.`, 'Save it as CSV in UTF-8.');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new GraderError('collect/roster', `${file}: there is no such file.`);
    throw error;
  }
}

interface Row {
  readonly cells: Readonly<Record<string, string>>;
  readonly line: number;
}

/**
 * Roster from CSV text, with commas, semicolons or tabs: a header with `id`, and any of name, email, section, canvas, sis, login, moodle,
 * blackboard, gradescope; or the table of students that Canvas, Gradescope, Moodle or Blackboard writes, as it comes.
 */
export function parseRoster(text: string, file: string, tell: Tell = () => {}): StudentRecord[] {
  const { headers, rows } = parseRows(text, file);
  const system = systemOf(headers);
  if (!system)
    throw new GraderError(
      'collect/roster',
      `${file}:1: no column is called id; there are: ${headers.join(', ')}. Expected: ${ownColumns.join(', ')}; or the table of students of ${systems.map(({ name }) => name).join(', ')}.`,
    );
  const unread = headers.filter(header => header !== '' && !(header in system.columns));
  if (unread.length > 0)
    tell(
      `${file}: read as ${system.name}’s; columns that are not read: ${named(unread)}. Read are: ${Object.keys(system.columns).join(', ')}.`,
    );
  const seen = new Map<string, number>();
  return rows.flatMap(({ cells, line }) => {
    const known = translated(cells, system.columns);
    const why = noStudent(known, system.name);
    if (why !== undefined) {
      if (why !== '') tell(`${file}:${line}: not read: ${why}`);
      return [];
    }
    const student = toStudent({ ...known, id: idIn(known, system.id) }, `${file}:${line}`);
    for (const [what, value] of keysOf(student)) {
      const key = `${what}\0${value.toLowerCase()}`;
      const other = seen.get(key);
      if (other !== undefined)
        throw new GraderError('collect/roster', `${file}:${line}: the ${what} ${JSON.stringify(value)} is that of line ${other} too.`);
      seen.set(key, line);
    }
    return [student];
  });
}

function parseRows(text: string, file: string): { headers: string[]; rows: Row[] } {
  // A spreadsheet program may say its separator before the header.
  const told = /^sep=([,;\t])\r?\n/.exec(text)?.[1];
  const body = told === undefined ? text.replace(/^\ufeff/, '') : text.slice(text.indexOf('\n') + 1);
  try {
    const all = parse(body, {
      delimiter: told ?? delimiterOf(body),
      bom: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    const headers = (all[0]?.record ?? []).map(name => visible(name).trim().toLowerCase());
    const cellsOf = (record: readonly string[]): Row['cells'] =>
      Object.fromEntries(headers.map((header, i) => [header, visible(record[i] ?? '').trim()]));
    return { headers, rows: all.slice(1).map(({ record, info }) => ({ cells: cellsOf(record), line: info.lines })) };
  } catch (error) {
    if (error instanceof CsvError) throw new GraderError('collect/roster', `${file}: ${error.message}`);
    throw error;
  }
}

/** The sign that the header has most of, outside quotes. */
function delimiterOf(text: string): string {
  const header = (/^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)?.[0] ?? '').replace(/"(?:[^"]|"")*"/g, '');
  const count = (sign: string): number => header.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best), ',');
}

type Known = Readonly<Record<string, string>>;

/** A row's cells under our names; first and last name are one. */
function translated(cells: Known, columns: Readonly<Record<string, string>>): Known {
  const known: Record<string, string> = {};
  for (const [header, value] of Object.entries(cells)) {
    const name = columns[header];
    if (name !== undefined && value !== '') known[name] ??= value;
  }
  const { first = '', last = '', name = `${first} ${last}`.trim(), ...rest } = known;
  return { ...rest, ...(name !== '' && { name }) };
}

/** Why a row of a system's table is no student; empty where that needs no word. */
function noStudent({ name = '', role = '', ...rest }: Known, system: string): string | undefined {
  if (system === 'TinyLab') return undefined;
  // Canvas: what each column is worth, and how grades are posted, stand in rows of their own below the header.
  if (system === 'Canvas' && rest.canvas === undefined) return '';
  if (system === 'Canvas' && /^student, test$/i.test(name)) return 'the test student';
  if (role !== '' && !/^student$/i.test(role)) return `${name} has the role ${role}`;
  return undefined;
}

/** The first of the columns that can be an id; the first that has anything where none can. */
function idIn(known: Known, columns: readonly string[]): string {
  const values = columns.flatMap(column => known[column] ?? []);
  return values.find(value => idPattern.test(value)) ?? values[0] ?? '';
}

function toStudent(record: Readonly<Record<string, string>>, place: string): StudentRecord {
  const { id = '', name, email, section } = record;
  if (!idPattern.test(id))
    throw new GraderError(
      'collect/roster',
      `${place}: ${JSON.stringify(id)} is no id: letters, digits and . _ @ + -, the first a letter or digit, at most 64.`,
    );
  const ids = Object.fromEntries(otherIds.flatMap(key => (record[key] ? [[key, record[key]]] : [])));
  return { id, ...(name && { name }), ...(email && { email }), ...(section && { section }), ...(Object.keys(ids).length > 0 && { ids }) };
}

/** Everything that must be one student's alone. */
function keysOf({ id, email, ids }: StudentRecord): [string, string][] {
  return [['id', id], ...(email === undefined ? [] : [['email', email] as [string, string]]), ...Object.entries(ids ?? {})];
}
