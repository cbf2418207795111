import { LabError } from '../../tensor/errors.ts';

const most = 4096;

/** @throws LabError `loops/problem` for a size that is no whole number from 1 to 4096. */
export function assertSizes(sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes))
    if (!Number.isInteger(size) || size < 1 || size > most)
      throw new LabError('loops/problem', `${name} must be a whole number from 1 to ${most}; got ${size}.`, 'Choose a smaller problem.');
}
