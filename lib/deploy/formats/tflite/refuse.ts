import { LabError } from '../../../tensor/errors.ts';

/** The error of a .tflite file that cannot be read, or of a program that has no such form. */
export function refuseTflite(message: string, hint: string): never {
  throw new LabError('deploy/tflite', message, hint);
}

/** What is said of a file whose bytes contradict each other. */
export const damaged = 'The file is damaged, or no .tflite file at all: copy or convert it again.';

/** A name as it may stand in a message: control characters could move a terminal's cursor. */
export const withoutControls = (text: string): string => text.replace(/\p{Cc}/gu, '?');
