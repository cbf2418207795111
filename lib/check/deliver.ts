import { join } from 'node:path';
import { LabError } from '../tensor/errors.ts';
import { isDelivered, readDeliverable, saveDeliverable } from './deliverable.ts';
import { checkHooks } from './hooks.ts';

/** Folder beside the notebook in which results are handed in. */
export function deliverablesFolder(): string {
  return checkHooks()?.deliverables ?? join(process.cwd(), 'deliverables');
}

/**
 * Hands in a result: runs `work`, saves what it returns in `deliverables/` beside the notebook (a model or a program as `NAME.safetensors` and `NAME.json`,
 * anything else as `NAME.json`), and returns it. In the grader the same line returns the saved result and leaves the work alone. Results are
 * plain data: models, programs of integers, arrays, tables, numbers, records.
 * @throws LabError `deliver/nothing` when the work returns nothing; `deliver/missing` in the grader when nothing was handed in; `codec/kind` for a value that is not plain data.
 */
export async function deliver<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const folder = deliverablesFolder();
  const { saved, fill } = checkHooks() ?? {};
  if (saved && !(fill && !isDelivered(folder, name))) return readDeliverable(folder, name) as T;
  const result = await work();
  if (result === undefined)
    throw new LabError(
      'deliver/nothing',
      `The work of deliver('${name}', …) returned nothing (undefined), so there is nothing to hand in.`,
      'End it with return, as in: return fit(net, train, …);',
    );
  saveDeliverable(folder, name, result);
  return result;
}
