import { LabError } from '../../tensor/errors.ts';

/** The error of a step that cannot run. */
export function refuseStep(
  where: string,
  message: string,
  hint = 'A program of lowerModel or readTflite fits by itself; was it changed?',
): never {
  throw new LabError('deploy/step', `${where}: ${message}`, hint);
}
