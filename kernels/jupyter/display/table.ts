import type { MimeBundle } from './bundle.ts';

/** A table of arquero, recognised by its methods. */
export interface Table {
  numRows(): number;
  numCols(): number;
  columnNames(): string[];
  get(name: string, row: number): unknown;
}

const methods = ['numRows', 'numCols', 'columnNames', 'get'] as const;

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && methods.every(name => typeof (value as Record<string, unknown>)[name] === 'function');

const firstRows = 20;
const lastRows = 5;
const columnLimit = 50;

/** The first and last rows as an HTML table, with the full count below. */
export function tableBundle(table: Table): MimeBundle {
  const names = table.columnNames().slice(0, columnLimit);
  const rows = table.numRows();
  const shown = rows <= firstRows + lastRows ? range(0, rows) : [...range(0, firstRows), undefined, ...range(rows - lastRows, rows)];
  const lines = shown.map(row => names.map(name => (row === undefined ? '…' : cell(table.get(name, row)))));
  const more = table.numCols() > names.length ? `, the first ${names.length} shown` : '';
  const count = `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'} × ${table.numCols()} ${table.numCols() === 1 ? 'column' : 'columns'}${more}`;
  return { 'text/html': html(names, lines, count), 'text/plain': plain(names, lines, count) };
}

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, at) => start + at);

function cell(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function html(names: readonly string[], lines: readonly string[][], count: string): string {
  const number = names.map((_, column) => lines.every(line => /^(-?[\d.]+(e[+-]?\d+)?|…|NaN|null|undefined)$/.test(line[column] ?? '')));
  const td = (tag: string) => (text: string, column: number) =>
    `<${tag} style="text-align:${number[column] ? 'right' : 'left'}">${escapeHtml(text)}</${tag}>`;
  const head = `<thead><tr>${names.map(td('th')).join('')}</tr></thead>`;
  const body = `<tbody>${lines.map(line => `<tr>${line.map(td('td')).join('')}</tr>`).join('')}</tbody>`;
  return `<table>${head}${body}</table><p>${escapeHtml(count)}</p>`;
}

function plain(names: readonly string[], lines: readonly string[][], count: string): string {
  const widths = names.map((name, column) => Math.max(name.length, ...lines.map(line => line[column]?.length ?? 0)));
  const row = (line: readonly string[]) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [row(names), ...lines.map(row), '', count].join('\n');
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, character => entities[character] ?? character);
