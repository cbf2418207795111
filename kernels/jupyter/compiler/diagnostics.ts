import type { Diagnostic } from 'tslab/dist/converter.js';

/** What the type checker says about a place in a cell. Lines and columns count from 1. */
export interface CellDiagnostic {
  readonly line: number;
  readonly column: number;
  /** How many characters the place covers; at least 1. */
  readonly length: number;
  readonly code: number;
  readonly message: string;
  /** The helper file beside the notebook that the place is in; absent for the cell itself. */
  readonly file?: string;
}

/** One entry for each place: tslab lists the lines of a chained message as if each were a message. */
export function readable(diagnostics: readonly Diagnostic[]): CellDiagnostic[] {
  const places = new Map<string, CellDiagnostic>();
  for (const { start, end, messageText, code, fileName } of diagnostics) {
    const key = `${fileName ?? ''}:${start.offset}:${end.offset}`;
    const before = places.get(key);
    places.set(key, {
      line: start.line + 1,
      column: start.character + 1,
      length: Math.max(1, end.offset - start.offset),
      code: before?.code ?? code,
      message: before ? `${before.message}\n  ${messageText}` : messageText,
      ...(fileName && { file: fileName }),
    });
  }
  return [...places.values()];
}
