import { named } from '../../base/text.ts';
import type { Who } from '../../collect/parcel.ts';
import { exportError } from './export-error.ts';
import { type Exporter, scoreOf, withoutScore } from './exported.ts';
import {
  columnAt,
  formulaNotes,
  givenTable,
  matchNotes,
  matchRows,
  needColumn,
  numberIn,
  numeral,
  spoken,
  type Target,
  targetColumn,
  withColumn,
} from './sheet.ts';
import { type Table, tableBytes } from './table.ts';

const again = 'Download it again with Grades → Export, in English.';

/**
 * Canvas's own gradebook with one column filled: identity columns, the row of points and every other cell go back as they came. Excused (EX)
 * and unassigned (N/A) students keep what they have.
 */
export const exportCanvas: Exporter = (grades, options) => {
  const table = givenTable(options, 'Canvas (Grades → Export)');
  const id = needColumn(table, 'ID', again);
  if (columnAt(table, 'Student') < 0) {
    needColumn(table, 'LastName', `It needs Student, or LastName and FirstName. ${again}`);
    needColumn(table, 'FirstName', again);
  }
  const target = targetColumn(table, assignments(table), { grades, column: options.column });
  const points = pointsRow(table);
  const comma = table.rows.slice(points).some(row => /^\d+,\d+$/.test(row[target.index]?.trim() ?? ''));
  const matched = matchRows(table, grades, { first: points + 1, who: row => whoIs(table, row, id) });
  const cells = new Map<number, string>();
  const kept: string[] = [];
  for (const [i, grade] of matched.rows) {
    const present = table.rows[i]?.[target.index] ?? '';
    const score = scoreOf(grade, options);
    if (/^\s*(EX|N\/A)\s*$/i.test(present)) kept.push(`${grade.student.id} (${present.trim()})`);
    else if (score !== undefined) cells.set(i, numeral(score, comma));
  }
  const possible = numberIn(table.rows[points]?.[target.index] ?? '');
  const maximum = Math.max(0, ...grades.students.map(student => student.maximum));
  const notes = [
    ...(possible !== undefined && grades.students.length > 0 && possible !== maximum
      ? [`Canvas has ${possible} points for this column and the lab ${maximum}: scores are written as they are`]
      : []),
    ...(kept.length > 0 ? [`excused or not assigned in Canvas, left as they are: ${named(kept)}`] : []),
    ...matchNotes(matched),
    ...withoutScore(grades, options),
    ...formulaNotes(table),
  ];
  return { files: [{ name: `${grades.lab}-canvas.csv`, content: tableBytes(withColumn(table, target.index, cells)) }], notes };
};

/** Columns of assignments: `Title (id)`. */
function assignments({ rows }: Table): Target[] {
  return (rows[0] ?? []).flatMap((header, index) => {
    const match = /^(.*) \(\d+\)$/s.exec(header);
    return match ? [{ index, title: match[1] ?? '' }] : [];
  });
}

/** The row that says what each column is worth; a row of posting policies may stand before it. */
function pointsRow(table: Table): number {
  const row = table.rows.slice(0, 4).findIndex(([first = '']) => /^\s*points possible\s*$/i.test(first));
  if (row > 0) return row;
  const came = JSON.stringify(table.rows[1]?.[0] ?? '');
  throw exportError(table.file, `the row "    Points Possible" below the header is missing; there stands ${came}.`, again);
}

function whoIs(table: Table, row: readonly string[], id: number): Who {
  const cell = (label: string): string => row[columnAt(table, label)]?.trim() ?? '';
  const name = columnAt(table, 'Student') < 0 ? `${cell('LastName')}, ${cell('FirstName')}` : cell('Student');
  const [login, sis] = [cell('SIS Login ID'), cell('SIS User ID')];
  const ids = { canvas: row[id]?.trim() ?? '', sis, login, id: login, email: login };
  return { name: spoken(name), ids: Object.fromEntries(Object.entries(ids).filter(([, value]) => value !== '')) };
}
