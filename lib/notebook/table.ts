import { inspect } from 'node:util';
import { ColumnTable, table as columns, from } from 'arquero';
import { LabError } from '../tensor/errors.ts';
import { displaySymbol, type MimeBundle } from '../tensor/host.ts';
import { escapeText } from './escape.ts';
import { si } from './format.ts';

/** Rows as objects, or columns by name. */
export type Rows = readonly object[] | Readonly<Record<string, ArrayLike<unknown>>>;

/** How much of a table is shown, and what stands above it. */
export interface TableOptions {
  /** Stands above the table. */
  readonly caption?: string;
  /** Rows shown at most, half of them from the end; default 20. */
  readonly rows?: number;
}

/**
 * Parameters go from a table to what the verbs make of it, so that a derived table keeps caption and number of rows. Two copies of the library in
 * one process share the class of tables, and so the key.
 */
const optionsKey = Symbol.for('tinylab: how a table is shown');

/**
 * An arquero table of these rows or columns, which a notebook shows: first and last rows and the count. It has the columns of all rows, in the
 * order in which they come; what a row lacks stays empty. All of arquero's verbs work on it, and what they make shows in the same way.
 * @example
 * table([{ layer: 'conv1', macs: 120 }, { layer: 'fc', macs: 30 }]).numRows(); // → 2
 * @throws LabError `table/empty` when there is no column.
 */
export function table(rows: Rows, options: TableOptions = {}): ColumnTable {
  const made = isRows(rows) ? from(rows as object[], namesIn(rows)) : columns(rows);
  if (made.numCols() === 0) {
    throw new LabError('table/empty', 'table got nothing to show.', "Give it rows such as [{ layer: 'conv1', macs: 120 }].");
  }
  return made.params({ [optionsKey]: options }) as ColumnTable;
}

const isRows = (rows: Rows): rows is readonly object[] => Array.isArray(rows);

/** The names in any of the rows: arquero takes those of the first. */
const namesIn = (rows: readonly object[]): string[] => [...new Set(rows.flatMap(row => Object.keys(row)))];

// The class itself learns to show, so that every arquero table looks the same, made by `table` or not.
Object.defineProperty(ColumnTable.prototype, displaySymbol, {
  configurable: true,
  value(this: ColumnTable): MimeBundle {
    return tableBundle(this, optionsOf(this));
  },
});

/** How this table is shown, as far as somebody said. */
export const optionsOf = (source: ColumnTable): TableOptions =>
  (source.params() as { [optionsKey]?: TableOptions } | undefined)?.[optionsKey] ?? {};

const mostColumns = 50;

/** A table as HTML and as text columns, at most 50 of them. Numbers stand right; every cell is escaped. */
export function tableBundle(source: ColumnTable, { caption = '', rows = 20 }: TableOptions = {}): MimeBundle {
  const names = source.columnNames().slice(0, mostColumns);
  const count = source.numRows();
  const cut = count > rows;
  const shown = Array.from({ length: Math.min(count, rows) }, (_, i) => (cut && i >= Math.ceil(rows / 2) ? count - rows + i : i));
  const cells = shown.map(i => names.map(name => cellText(source.get(name, i))));
  const numeric = names.map(name => {
    const values = shown.map(i => source.get(name, i)).filter(value => value !== undefined && value !== null);
    return values.length > 0 && values.every(isNumber);
  });
  const gap = cut ? Math.ceil(rows / 2) : -1;
  const wide = source.numCols() > mostColumns ? `, the first ${mostColumns} of ${source.numCols()} columns` : '';
  const note = `${count} row${count === 1 ? '' : 's'}${cut ? `, ${rows} shown` : ''}${wide}`;
  return {
    'text/html': html({ names, cells, numeric, gap, caption, note }),
    'text/plain': plain({ names, cells, numeric, gap, caption, note }),
  };
}

interface Grid {
  readonly names: readonly string[];
  readonly cells: readonly (readonly string[])[];
  readonly numeric: readonly boolean[];
  /** Row before which some are left out, or -1. */
  readonly gap: number;
  readonly caption: string;
  readonly note: string;
}

const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';

/** Whole numbers with thin spaces between thousands, others in four significant digits. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'number')
    return typeof value === 'object'
      ? inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 10 })
      : String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value).replace(/\B(?=(\d{3})+$)/g, '\u2009');
  return Math.abs(value) >= 0.001 && Math.abs(value) < 1e4 ? String(Number(value.toPrecision(4))) : si(value, 4);
}

function html({ names, cells, numeric, gap, caption, note }: Grid): string {
  const side = (column: number): string => `text-align:${numeric[column] ? 'right' : 'left'}`;
  const row = (tag: 'td' | 'th', texts: readonly string[]): string =>
    `<tr>${texts.map((text, i) => `<${tag} style="${side(i)}">${escapeText(text)}</${tag}>`).join('')}</tr>`;
  const body = cells.map(
    (texts, i) =>
      (i === gap
        ? row(
            'td',
            names.map(() => '⋮'),
          )
        : '') + row('td', texts),
  );
  const head = caption ? `<div style="font-weight:600">${escapeText(caption)}</div>` : '';
  const foot = `<div style="color:var(--jp-ui-font-color2,inherit);font-size:90%">${escapeText(note)}</div>`;
  const style = 'font-variant-numeric:tabular-nums;margin:4px 0';
  return `<div>${head}<table style="${style}"><thead>${row('th', names)}</thead><tbody>${body.join('')}</tbody></table>${foot}</div>`;
}

function plain({ names, cells, numeric, gap, caption, note }: Grid): string {
  const widths = names.map((name, i) => Math.max(name.length, ...cells.map(texts => (texts[i] as string).length)));
  const lineOf = (texts: readonly string[]): string =>
    texts
      .map((text, i) => (numeric[i] ? text.padStart(widths[i] as number) : text.padEnd(widths[i] as number)))
      .join('  ')
      .trimEnd();
  const body = cells.flatMap((texts, i) => (i === gap ? [lineOf(names.map(() => '⋮')), lineOf(texts)] : [lineOf(texts)]));
  return [...(caption ? [caption] : []), lineOf(names), ...body, note].join('\n');
}
