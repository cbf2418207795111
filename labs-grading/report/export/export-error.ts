import { GraderError } from '../../base/grader-error.ts';
import { printable } from '../../base/text.ts';

/** An export cannot be made: which file, what is wrong with it, what a person does next. Nothing was written. */
export const exportError = (file: string, reason: string, next: string): GraderError =>
  new GraderError('export/table', `${printable(file)}: ${printable(reason)}`, printable(next));
