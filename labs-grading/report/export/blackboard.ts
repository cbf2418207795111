import type { Who } from '../../collect/parcel.ts';
import { type Exporter, scoreOf, withoutScore } from './exported.ts';
import {
  columnAt,
  formulaNotes,
  givenTable,
  matchNotes,
  matchRows,
  needColumn,
  numeral,
  type Target,
  targetColumn,
  withColumn,
} from './sheet.ts';
import { type Table, tableBytes } from './table.ts';

/**
 * Blackboard's Grade Center with one column filled, in the encoding and with the separator that it came in (UTF-16 and tabs, as a rule). A
 * header keeps its column id: one without an id would become a new column.
 */
export const exportBlackboard: Exporter = (grades, options) => {
  const table = givenTable(options, 'Blackboard (Grade Center → Work Offline → Download)');
  const username = needColumn(table, 'Username', 'Download it again; Blackboard finds students by Username.');
  const targets = gradeColumns(table);
  const target = targetColumn(table, targets, { grades, column: options.column });
  const comma = table.rows.slice(1).some(row => targets.some(({ index }) => /^\d+,\d+$/.test(row[index]?.trim() ?? '')));
  const matched = matchRows(table, grades, { first: 1, who: row => whoIs(table, row, username) });
  const cells = new Map<number, string>();
  for (const [i, grade] of matched.rows) {
    const score = scoreOf(grade, options);
    if (score !== undefined) cells.set(i, numeral(score, comma));
  }
  const possible = Number((/\[Total Pts: ([\d.,]+)/.exec(table.rows[0]?.[target.index] ?? '')?.[1] ?? '').replace(',', '.'));
  const maximum = Math.max(0, ...grades.students.map(student => student.maximum));
  const notes = [
    ...(possible > 0 && grades.students.length > 0 && possible !== maximum
      ? [`Blackboard has ${possible} points for this column and the lab ${maximum}: scores are written as they are`]
      : []),
    ...matchNotes(matched),
    ...withoutScore(grades, options),
    ...formulaNotes(table),
  ];
  const ending = table.dialect.delimiter === '\t' ? 'xls' : 'csv';
  return { files: [{ name: `${grades.lab}-blackboard.${ending}`, content: tableBytes(withColumn(table, target.index, cells)) }], notes };
};

/** Columns `Title [Total Pts: N Score] |id`. */
function gradeColumns({ rows }: Table): Target[] {
  return (rows[0] ?? []).flatMap((header, index) => {
    const match = /^(.*?)\s*\[Total Pts: [^\]]*\][^|]*\|\s*\d+\s*$/s.exec(header);
    return match ? [{ index, title: match[1] ?? '' }] : [];
  });
}

function whoIs(table: Table, row: readonly string[], username: number): Who {
  const cell = (label: string): string => row[columnAt(table, label)]?.trim() ?? '';
  const blackboard = row[username]?.trim() ?? '';
  const ids = { blackboard, id: blackboard, login: blackboard, sis: cell('Student ID') };
  return {
    name: `${cell('First Name')} ${cell('Last Name')}`.trim(),
    ids: Object.fromEntries(Object.entries(ids).filter(([, value]) => value !== '')),
  };
}
