import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { GraderError } from '../base/grader-error.ts';
import type { StudentRecord } from './records.ts';

/** What a student's id may be: it names folders. */
export const idPattern: RegExp = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

const otherIds = ['canvas', 'sis', 'login', 'moodle', 'blackboard', 'gradescope'] as const;

/** Reads a roster. @throws GraderError, for two rows that would be the same student as well. */
export function readRoster(file: string): StudentRecord[] {
  try {
    return parseRoster(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new GraderError('collect/roster', `${file}: there is no such file.`);
    throw error;
  }
}

interface Row {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

/** Roster from CSV text: a header with `id`, and any of name, email, section, canvas, sis, login, moodle, blackboard, gradescope. */
export function parseRoster(text: string, file: string): StudentRecord[] {
  const rows = parseRows(text, file);
  const seen = new Map<string, number>();
  return rows.map(({ record, info }) => {
    const student = toStudent(record, `${file}:${info.lines}`);
    for (const [what, value] of keysOf(student)) {
      const key = `${what}\0${value.toLowerCase()}`;
      const other = seen.get(key);
      if (other !== undefined)
        throw new GraderError(
          'collect/roster',
          `${file}:${info.lines}: the ${what} ${JSON.stringify(value)} is that of line ${other} too.`,
        );
      seen.set(key, info.lines);
    }
    return student;
  });
}

function parseRows(text: string, file: string): Row[] {
  try {
    const header = (names: string[]): string[] => {
      const columns = names.map(name => name.trim().toLowerCase());
      if (!columns.includes('id'))
        throw new GraderError('collect/roster', `${file}:1: no column is called id; there are: ${columns.join(', ')}.`);
      return columns;
    };
    return parse(text, { columns: header, bom: true, info: true, skip_empty_lines: true, trim: true }) as unknown as Row[];
  } catch (error) {
    if (error instanceof CsvError) throw new GraderError('collect/roster', `${file}: ${error.message}`);
    throw error;
  }
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
