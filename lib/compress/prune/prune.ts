import type { Model } from '../../model/model.ts';
import { assertSparsity, prunedCount } from '../../model/sparsity.ts';
import { unknownParameter, weightNames } from '../../model/weights.ts';
import { type Allocation, uniformAllocation } from '../../search/allocation.ts';
import { array, type NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { assertShape } from '../../tensor/shape.ts';
import { globalAllocation } from './allocation/global.ts';
import { fineGrained } from './granularity/fine-grained.ts';
import { type Granularity, groupScores } from './granularity/granularity.ts';
import type { Criterion } from './importance/criterion.ts';
import { type Masks, maskSparsity, withMasks } from './masks.ts';
import { assertFinite, assertWeights } from './weights.ts';

/** How much is pruned, where, and in which groups. */
export interface PruneOptions {
  /** Share of the weights (of the groups) that become 0, 0–1: of each weight array alike, or by parameter name; what is not named stays dense. */
  readonly sparsity: number | Allocation;
  /** `layer`: each weight array reaches the sparsity. `global`: all of them together do, with one threshold. Default `layer`. */
  readonly scope?: 'layer' | 'global';
  /** Default: single weights. */
  readonly granularity?: Granularity;
  /** Names of the parameters to prune; default: all weights. */
  readonly parameters?: readonly string[];
  /** Refuse to leave a weight array without any weight; default false. */
  readonly refuseCollapse?: boolean;
}

/**
 * Prunes the least important weights: scores by `criterion`, zeros = round(sparsity · n) groups of each array (or of all together, see `scope`),
 * half away from zero; of equal scores the lower index is pruned first. Pruned weights are 0, carry a mask and stay 0 in training; weights that
 * were pruned before stay so and count.
 * @throws LabError `prune/sparsity`, `prune/parameter`, `prune/empty`, `prune/finite`, `prune/revive`, `prune/global`,
 * `prune/collapse`; all before anything is changed.
 */
export function pruneByImportance(model: Model, options: PruneOptions & { readonly criterion: Criterion }): Model {
  const { sparsity, criterion, granularity = fineGrained() } = options;
  const names = namesIn(model, options);
  if (names.length === 0 && typeof sparsity !== 'number') return model;
  assertWeights(model, names);
  const scores = survivors(model, criterion.scores(model, names), names);
  const { order } = criterion;
  const allocation =
    typeof sparsity !== 'number'
      ? sparsity
      : options.scope === 'global'
        ? globalAllocation(scores, { sparsity, granularity, order })
        : uniformAllocation(names, sparsity);
  const masks: Masks = Object.fromEntries(
    names.map(name => {
      const choice = { sparsity: allocation[name] as number, order };
      if (model.parameters[name]?.mask) assertNoneRevived(name, scores[name] as NDArray, { ...choice, granularity });
      return [name, granularity.mask(scores[name] as NDArray, choice)];
    }),
  );
  if (options.refuseCollapse) assertNoCollapse(masks);
  return withMasks(model, masks);
}

/** Names of the parameters to prune, after a check of the options. */
function namesIn(model: Model, { sparsity, parameters, scope }: PruneOptions): readonly string[] {
  if (typeof sparsity === 'number') assertSparsity('Pruning', sparsity);
  else for (const [name, share] of Object.entries(sparsity)) assertSparsity(`Parameter ${name}`, share);
  if (typeof sparsity !== 'number' && scope === 'global')
    throw new LabError(
      'prune/sparsity',
      'A global threshold has one sparsity; got one by parameter.',
      'Leave scope out, or give one number.',
    );
  const names = parameters ?? (typeof sparsity === 'number' ? weightNames(model) : Object.keys(sparsity));
  const unknown = names.find(name => !model.parameters[name]);
  if (unknown !== undefined) throw unknownParameter(model, unknown);
  return typeof sparsity === 'number' ? names : names.filter(name => sparsity[name] !== undefined);
}

/** The scores, checked, with -Infinity where an earlier mask has pruned. */
function survivors(model: Model, scores: Readonly<Record<string, NDArray>>, names: readonly string[]): Readonly<Record<string, NDArray>> {
  return Object.fromEntries(
    names.map(name => {
      const found = scores[name];
      const { value, mask } = model.parameters[name] as Model['parameters'][string];
      if (!found) throw new LabError('prune/scores', `The criterion gave no scores for ${name}.`, 'It returns an array for each name.');
      assertShape(`Scores of ${name}`, value.shape, found.shape);
      assertFinite(`Scores of ${name}`, found);
      if (!mask) return [name, found];
      const data = (found.data as Float32Array).slice();
      for (let i = 0; i < data.length; i++) if (mask.data[i] === 0) data[i] = Number.NEGATIVE_INFINITY;
      return [name, array(found.shape, data)];
    }),
  );
}

function assertNoneRevived(name: string, scores: NDArray, choice: { sparsity: number; order?: number; granularity: Granularity }): void {
  const { sparsity, order, granularity } = choice;
  if (!granularity.tile) return;
  const groups = groupScores(scores, { tile: granularity.tile(scores.shape), order }).scores;
  let gone = 0;
  for (let i = 0; i < groups.length; i++) gone += Number(groups[i] === Number.NEGATIVE_INFINITY);
  if (gone <= prunedCount(sparsity, groups.length)) return;
  throw new LabError(
    'prune/revive',
    `Parameter ${name}: ${gone} of ${groups.length} groups are pruned already, more than a sparsity of ${sparsity} asks for.`,
    'Pruned weights never come back: ask for more, or prune the dense model.',
  );
}

function assertNoCollapse(masks: Masks): void {
  const lost = Object.keys(masks).find(name => maskSparsity(masks[name] as NDArray) === 1);
  if (lost === undefined) return;
  throw new LabError(
    'prune/collapse',
    `Parameter ${lost} would lose all of its weights.`,
    'Prune less, or each layer alike (scope "layer").',
  );
}
