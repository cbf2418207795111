/**
 * The one error of the library. `message` says what was expected, what came and where; `hint` says what to do next;
 * `code` is stable, so that a check, a test or a report can tell errors apart without reading prose. Printed, it shows its message and, on the
 * line below, its hint.
 * @example
 * String(new LabError('train/empty', 'There is no image to train on.', 'Give at least one.'));
 * // → 'LabError: There is no image to train on.\nGive at least one.'
 */
export class LabError extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.name = 'LabError';
    this.code = code;
    this.hint = hint;
    // Terminals print an error by its stack, which begins with its text.
    this.stack = this.stack?.replace(super.toString(), () => this.toString());
  }

  override toString(): string {
    return this.hint ? `${super.toString()}\n${this.hint}` : super.toString();
  }
}
