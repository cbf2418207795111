import { inspect, stripVTControlCharacters } from 'node:util';
import { CellTypeError } from '../execute.ts';
import { sourceLine } from '../execution/positions.ts';

/** An error as Jupyter shows it. */
export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: string[];
}

/** Ends a cell that the user interrupted. */
export class Interrupted extends Error {
  constructor() {
    super('The cell was interrupted.');
    this.name = 'Interrupted';
  }
}

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;

export function describeError(error: unknown): ErrorContent {
  try {
    if (error instanceof CellTypeError) return typeErrors(error);
    if (error instanceof Interrupted)
      return { ename: error.name, evalue: error.message, traceback: [red(`${error.name}: ${error.message}`)] };
    if (isError(error)) return { ename: nameOf(error), evalue: textOf(error), traceback: traceback(error) };
    const evalue = inspect(error);
    return {
      ename: 'Thrown',
      evalue,
      traceback: [red(`Thrown: ${evalue}`), dim('Throw an Error object, so that the place it came from can be shown.')],
    };
  } catch {
    // A thrown object may throw again when it is looked at.
    return { ename: 'Error', evalue: 'An error that cannot be shown.', traceback: [] };
  }
}

const isError = (value: unknown): value is Error =>
  value instanceof Error || (typeof value === 'object' && value !== null && 'stack' in value && 'message' in value);

const nameOf = (error: Error) => String(error.name || error.constructor?.name || 'Error');

/** What an error says; the library's errors carry a hint of what to do next, which stands on a line of its own. */
function textOf(error: Error & { readonly hint?: unknown }): string {
  return typeof error.hint === 'string' && error.hint !== '' ? `${error.message}\n${error.hint}` : String(error.message);
}

function typeErrors({ source, diagnostics }: CellTypeError): ErrorContent {
  const lines = source.split('\n');
  const first = diagnostics[0];
  return {
    ename: 'TypeScriptError',
    evalue: first
      ? `${first.message.split('\n')[0]} (line ${first.line}${diagnostics.length > 1 ? `, and ${diagnostics.length - 1} more` : ''})`
      : '',
    traceback: diagnostics.flatMap(({ line, column, length, code, message, file }) => [
      `${red(message)} ${dim(`${file ?? 'cell'}:${line}:${column} TS${code}`)}`,
      ...(file ? [] : frame(lines[line - 1], { line, column, length })),
      '',
    ]),
  };
}

/** What happened, the student's line that it came from, the calls that led there, and what caused it. */
function traceback(error: Error, depth = 0): string[] {
  const stack = String(error.stack ?? '');
  const calls = stack.split('\n').filter(line => /^\s+at /.test(line));
  const place = calls.map(call => /(cell\[\d+\]):(\d+):(\d+)/.exec(call)).find(match => match !== null);
  const shown = place
    ? frame(sourceLine(place[1] ?? '', Number(place[2])), { line: Number(place[2]), column: Number(place[3]), length: 1 })
    : [];
  const causes = depth < 4 ? [error.cause, ...(error instanceof AggregateError ? error.errors : [])].filter(isError) : [];
  return [
    `${red(nameOf(error))}: ${stripVTControlCharacters(textOf(error))}`,
    ...shown,
    ...calls.slice(0, 12).map(dim),
    ...causes.flatMap(cause => ['', 'Caused by:', ...traceback(cause, depth + 1)]),
  ];
}

/** The line with a caret under the place. */
function frame(text: string | undefined, { line, column, length }: { line: number; column: number; length: number }): string[] {
  if (text === undefined) return [];
  const gutter = `${line} | `;
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, text.length - column + 1)));
  return [`${dim(gutter)}${text}`, `${' '.repeat(gutter.length)}${indent}${red(carets)}`];
}
