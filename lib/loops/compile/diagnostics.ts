/** What the compiler found, at a place of the source. */
export interface Diagnostic {
  readonly code: number;
  readonly message: string;
  /** Offsets into the source; undefined where it concerns no place of it. */
  readonly start?: number;
  readonly end?: number;
}

const most = 5;

/** Each finding with its line and column, the line itself, and a caret below the place; at most five. Lines and columns count from 1. */
export function diagnosticsText(source: string, found: readonly Diagnostic[]): string {
  const shown = found.slice(0, most).map(one => diagnosticText(source, one));
  if (found.length > most) shown.push(`… and ${found.length - most} more.`);
  return shown.join('\n');
}

function diagnosticText(source: string, { message, start, end = start }: Diagnostic): string {
  if (start === undefined || end === undefined) return message;
  const before = source.slice(0, start).split('\n');
  const line = before.length;
  const column = (before.at(-1) as string).length;
  const text = source.split('\n')[line - 1] ?? '';
  const number = `${line} | `;
  const carets = '^'.repeat(Math.max(1, Math.min(end, start + text.length - column) - start));
  // tabs stay tabs, so that the caret stands below its place whatever a tab is worth
  const margin = text.slice(0, column).replace(/[^\t]/g, ' ');
  return `line ${line}, column ${column + 1}: ${message}\n${number}${text}\n${' '.repeat(number.length)}${margin}${carets}`;
}
