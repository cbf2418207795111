import { named } from '../../base/text.ts';
import { Identities } from '../../collect/identity.ts';
import type { Who } from '../../collect/parcel.ts';
import type { LabGrades, StudentGrade } from '../../gradebook/records.ts';
import { exportError } from './export-error.ts';
import type { ExportOptions } from './exported.ts';
import { isFormula, readTable, type Table } from './table.ts';

/** The table to fill. @throws GraderError where none is given. */
export function givenTable({ gradebook }: ExportOptions, where: string): Table {
  if (gradebook) return readTable(gradebook.bytes, gradebook.file);
  throw exportError(
    '--gradebook',
    'this export fills in a table that was downloaded before.',
    `Download it from ${where} and name it with --gradebook FILE.`,
  );
}

/** Index of the column with this header, in any case; -1 without one. */
export const columnAt = ({ rows }: Table, label: string): number =>
  (rows[0] ?? []).findIndex(header => header.trim().toLowerCase() === label.toLowerCase());

/** Index of a column that must be there. @throws GraderError with the headers that came. */
export function needColumn(table: Table, label: string, hint: string): number {
  const index = columnAt(table, label);
  if (index >= 0) return index;
  const came = (table.rows[0] ?? []).map(header => JSON.stringify(header)).join(', ');
  throw exportError(table.file, `no column is called ${JSON.stringify(label)}; there are: ${came}.`, hint);
}

/** A column that grades go to: its index and the header's text without what the system adds. */
export interface Target {
  readonly index: number;
  readonly title: string;
}

/** The one column that is the lab's: by the name given, else by the lab's title or id. @throws GraderError with the columns there are. */
export function targetColumn(table: Table, targets: readonly Target[], { grades, column }: { grades: LabGrades; column?: string }): Target {
  const fold = (text: string): string => text.trim().toLowerCase();
  const wanted = column === undefined ? [grades.title, grades.lab] : [column];
  const header = (target: Target): string => table.rows[0]?.[target.index] ?? '';
  const found = targets.filter(target => wanted.some(name => [target.title, header(target)].map(fold).includes(fold(name))));
  const [one, ...more] = found;
  if (one && more.length === 0) return one;
  const came = targets.map(target => JSON.stringify(header(target))).join(', ') || 'none';
  const reason = one
    ? `several columns are called ${JSON.stringify(wanted[0])}`
    : `no column is called ${wanted.map(name => JSON.stringify(name)).join(' or ')}`;
  throw exportError(
    table.file,
    `${reason}; columns for grades: ${came}.`,
    'Name one with --column. A column that is not there yet has to be made first, where the grades go.',
  );
}

/** Rows of a table by student, and who is on one side only. */
export interface Matched {
  readonly rows: ReadonlyMap<number, StudentGrade>;
  /** Names of rows that no student is found for. */
  readonly unknown: readonly string[];
  /** Students that no row is found for. */
  readonly absent: readonly string[];
  /** Names of rows that are a student who has a row already; they are left alone. */
  readonly twice: readonly string[];
}

/** Finds the student of each row below `first`. */
export function matchRows(
  { rows }: Table,
  grades: LabGrades,
  { first, who }: { first: number; who: (row: readonly string[]) => Who },
): Matched {
  const identities = new Identities(grades.students.map(({ student }) => student));
  const byId = new Map(grades.students.map(grade => [grade.student.id, grade]));
  const found = new Map<number, StudentGrade>();
  const seen = new Set<string>();
  const [unknown, twice]: [string[], string[]] = [[], []];
  for (const [i, row] of rows.entries()) {
    if (i < first) continue;
    const person = who(row);
    const { student, known } = identities.find(person);
    const grade = known ? byId.get(student.id) : undefined;
    if (!grade) unknown.push(person.name);
    else if (seen.has(student.id)) twice.push(person.name);
    else {
      seen.add(student.id);
      found.set(i, grade);
    }
  }
  return { rows: found, unknown, twice, absent: [...byId.keys()].filter(id => !seen.has(id)) };
}

/** Notes on who is on one side only. */
export function matchNotes({ unknown, absent, twice }: Matched): string[] {
  return [
    ...(unknown.length > 0 ? [`in the table, and in no grade; left as they are: ${named(unknown)}`] : []),
    ...(absent.length > 0 ? [`graded, and not in the table: ${named(absent)}`] : []),
    ...(twice.length > 0 ? [`a second row of the same student, left as it is: ${named(twice)}`] : []),
  ];
}

/** What looks like a formula came so and goes back unchanged, since students are found by it. */
export function formulaNotes({ rows }: Table): string[] {
  const cells = rows.slice(1).flat().filter(isFormula);
  return cells.length > 0
    ? [`cells that a spreadsheet program would run, unchanged as they came: ${named(cells.map(cell => JSON.stringify(cell)))}`]
    : [];
}

/** The table with some cells of one column replaced. */
export const withColumn = (table: Table, index: number, cells: ReadonlyMap<number, string>): Table => ({
  ...table,
  rows: table.rows.map((row, i) => (cells.has(i) ? row.with(index, cells.get(i) ?? '') : row)),
});

/** A name as people say it: `Lovelace, Ada` → `Ada Lovelace`. */
export const spoken = (name: string): string => name.replace(/^\s*([^,]*),\s*([^,]*?)\s*$/, '$2 $1').trim();

/** A number as the table writes numbers. */
export const numeral = (value: number, decimalComma: boolean): string => (decimalComma ? String(value).replace('.', ',') : String(value));

/** A number that a table holds, with a decimal point or comma, and with signs between thousands; undefined for other text. */
export function numberIn(text: string): number | undefined {
  const compact = text.trim().replace(/[\s\u00a0\u202f'’]/g, '');
  const decimal = Math.max(compact.lastIndexOf(','), compact.lastIndexOf('.'));
  const sign = compact[decimal];
  // Where both stand, the last one is the decimal sign; one that stands several times is between thousands.
  const whole = decimal < 0 || compact.split(sign as string).length > 2 ? compact : compact.slice(0, decimal);
  const fraction = whole === compact ? '' : `.${compact.slice(decimal + 1)}`;
  const plain = whole.replace(/(?<=\d)[.,](?=\d{3}(?:\D|$))/g, '') + fraction;
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}
