import { named } from '../../base/text.ts';
import type { Who } from '../../collect/parcel.ts';
import { type Exporter, scoreOf, withoutScore } from './exported.ts';
import { columnAt, formulaNotes, givenTable, matchNotes, matchRows, needColumn, numberIn, numeral, spoken, withColumn } from './sheet.ts';
import { type Table, tableBytes } from './table.ts';

/** What Moodle calls the columns in English; it reads its own language's names only. */
const english = {
  identifier: 'Identifier',
  grade: 'Grade',
  modified: 'Last modified (grade)',
  name: 'Full name',
  email: 'Email address',
  maximum: 'Maximum grade',
  changeable: 'Grade can be changed',
  no: 'No',
};

export type MoodleLabel = keyof typeof english;
export const moodleLabels: readonly string[] = Object.keys(english);

/**
 * The offline grading worksheet with its grades filled in. Everything else stays to the letter, above all the time stamps: Moodle passes over
 * a row when its own grade is more than 60 s newer. What it will pass over is told, since Moodle does not.
 */
export const exportMoodle: Exporter = (grades, options) => {
  const labels = { ...english, ...options.labels };
  const table = givenTable(options, 'Moodle (View all submissions → Download grading worksheet)');
  const hint = 'Download the worksheet with the setting "offline grading worksheet" on. Names in other languages: --label grade=Bewertung.';
  const identifier = needColumn(table, labels.identifier, hint);
  const grade = needColumn(table, labels.grade, hint);
  needColumn(table, labels.modified, hint);
  const maximum = columnAt(table, labels.maximum);
  const comma = table.rows.slice(1).some(row => [grade, maximum].some(i => /^\d+,\d+$/.test(row[i]?.trim() ?? '')));
  const matched = matchRows(table, grades, { first: 1, who: row => whoIs(table, row, { labels, identifier }) });
  const cells = new Map<number, string>();
  for (const [i, student] of matched.rows) {
    const score = scoreOf(student, options);
    if (score !== undefined) cells.set(i, numeral(score, comma));
  }
  const skipped = skips(table, cells, labels);
  const notes = [
    ...[...skipped].map(
      ([reason, rows]) => `Moodle will pass over, ${reason}: ${named(rows.map(row => matched.rows.get(row)?.student.id ?? ''))}`,
    ),
    'Moodle also passes over grades that were changed there more than 60 s after this worksheet’s time stamps, unless "update records modified since" is ticked.',
    ...matchNotes(matched),
    ...withoutScore(grades, options),
    ...formulaNotes(table),
  ];
  return { files: [{ name: `${grades.lab}-moodle.csv`, content: tableBytes(withColumn(table, grade, cells)) }], notes };
};

/** Rows that Moodle's import does nothing with, by reason, as far as the worksheet says. */
function skips(table: Table, cells: ReadonlyMap<number, string>, labels: typeof english): Map<string, number[]> {
  const skipped = new Map<string, number[]>();
  for (const [i, written] of cells) {
    const row = table.rows[i] ?? [];
    const reason = skipReason(label => row[columnAt(table, labels[label])]?.trim() ?? '', { written, no: labels.no });
    if (reason !== undefined) skipped.set(reason, [...(skipped.get(reason) ?? []), i]);
  }
  return skipped;
}

function skipReason(cell: (label: MoodleLabel) => string, { written, no }: { written: string; no: string }): string | undefined {
  const [score, present, maximum] = [numberIn(written), numberIn(cell('grade')), numberIn(cell('maximum'))];
  if (score === undefined) return 'an empty grade';
  if (present === score) return 'the grade that is there already';
  if (score < 0) return 'a negative grade';
  if (maximum !== undefined && score > maximum) return `more than Moodle’s maximum of ${maximum}`;
  if (cell('changeable').toLowerCase() === no.toLowerCase()) return 'a locked grade';
  if (present !== undefined && !/\d/.test(cell('modified'))) return 'graded there and without a time stamp here';
  return undefined;
}

function whoIs(table: Table, row: readonly string[], { labels, identifier }: { labels: typeof english; identifier: number }): Who {
  const cell = (label: string): string => row[columnAt(table, label)]?.trim() ?? '';
  const moodle = /\d+$/.exec(row[identifier]?.trim() ?? '')?.[0] ?? '';
  const ids = { email: cell(labels.email), id: cell(labels.email), moodle };
  const name = cell(labels.name) || (row[identifier] ?? '');
  return { name: spoken(name), ids: Object.fromEntries(Object.entries(ids).filter(([, value]) => value !== '')) };
}
