import { LabError } from '../tensor/errors.ts';
import { roundedShare } from '../tensor/share.ts';

/**
 * Refuses what is no share of weights.
 * @throws LabError `prune/sparsity` outside 0–1.
 */
export function assertSparsity(where: string, sparsity: number): void {
  if (sparsity >= 0 && sparsity <= 1) return;
  throw new LabError(
    'prune/sparsity',
    `${where}: sparsity is the share of weights that become 0, from 0 to 1; got ${String(sparsity)}.`,
    sparsity > 1 && sparsity <= 100 ? `For ${sparsity} % write ${sparsity / 100}.` : 'Three quarters of the weights is 0.75.',
  );
}

/** Number of groups that a sparsity prunes: round(sparsity · groups), half away from zero. */
export function prunedCount(sparsity: number, groups: number): number {
  return roundedShare(sparsity, groups);
}
