import type { ColumnTable } from 'arquero';
import { shortened } from '../svg/element.ts';
import { optionsOf, table } from '../table.ts';
import { type Guess, guessText } from './value.ts';

const heading = 'your guess';

/** The table with a guess in it: as a column where it has a number for a row, by name or in their order; else above the table. */
export function tableWith(source: ColumnTable, guess: Guess): ColumnTable {
  const options = optionsOf(source);
  const rows = source.objects({ limit: Number.POSITIVE_INFINITY }) as Readonly<Record<string, unknown>>[];
  const beside = columnOf(rows, source.columnNames(), guess);
  if (beside)
    return table(
      rows.map((row, i) => ({ ...row, [nameIn(source)]: beside[i] })),
      options,
    );
  const caption = [options.caption, `${heading}: ${shortened(guessText(guess), 200)}`].filter(Boolean).join(' · ');
  return table(rows.length ? rows : Object.fromEntries(source.columnNames().map(name => [name, []])), { ...options, caption });
}

const nameIn = (source: ColumnTable): string => (source.columnNames().includes(heading) ? `${heading} ` : heading);

/** The guess for each row; undefined where it says nothing about rows. */
function columnOf(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[], guess: Guess): unknown[] | undefined {
  if (typeof guess !== 'object') return undefined;
  if (Array.isArray(guess)) return guess.length === rows.length ? [...guess] : undefined;
  const byName = new Map(Object.entries(guess));
  const names = columns.find(column => [...byName.keys()].every(name => rows.some(row => String(row[column]) === name)));
  return names === undefined ? undefined : rows.map(row => byName.get(String(row[names])));
}
