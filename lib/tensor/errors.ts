/**
 * The one error of the library. `message` says what was expected, what came and where; `hint` says what to do next;
 * `code` is stable, so that a check, a test or a report can tell errors apart without reading prose.
 */
export class LabError extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(hint ? `${message}\n${hint}` : message);
    this.name = 'LabError';
    this.code = code;
    this.hint = hint;
  }
}
