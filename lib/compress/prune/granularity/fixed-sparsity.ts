import { LabError } from '../../../tensor/errors.ts';

/**
 * Refuses another sparsity than the one that a granularity has by its form.
 * @throws LabError `prune/sparsity`.
 */
export function assertFixedSparsity(name: string, fixed: number, sparsity: number): void {
  if (Math.abs(sparsity - fixed) < 1e-6) return;
  throw new LabError(
    'prune/sparsity',
    `${name} has a sparsity of ${fixed}, by its form; got ${sparsity}.`,
    `Ask for { sparsity: ${fixed} }.`,
  );
}
