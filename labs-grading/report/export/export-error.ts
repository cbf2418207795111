import { printable } from '../../base/text.ts';

/** An export cannot be made: which file, what is wrong with it, what a person does next. Nothing was written. */
export class ExportError extends Error {
  override name = 'ExportError';

  constructor(file: string, reason: string, next: string) {
    super(`${printable(file)}: ${printable(reason)}\n  ${printable(next)}`);
  }
}
